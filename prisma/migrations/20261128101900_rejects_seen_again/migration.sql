-- AlterTable
ALTER TABLE "rejected_record" ADD COLUMN "digest" BLOB;
ALTER TABLE "rejected_record" ADD COLUMN "seen_again" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "rejected_record" ADD COLUMN "seen_import_id" INTEGER;

-- CreateIndex
CREATE UNIQUE INDEX "rejected_record_digest_key" ON "rejected_record"("digest");

-- CreateIndex
CREATE INDEX "rejected_record_seen_import_id_idx" ON "rejected_record"("seen_import_id");
