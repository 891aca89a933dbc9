-- AlterTable
ALTER TABLE "import" ADD COLUMN "retry_of" INTEGER;
ALTER TABLE "import" ADD COLUMN "resolved" INTEGER NOT NULL DEFAULT 0;

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_rejected_record" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "import_id" INTEGER NOT NULL,
    "record" INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    "size" BIGINT NOT NULL,
    "code" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "format" TEXT,
    "sender_id" TEXT,
    "retried_at" DATETIME,
    "resolved_at" DATETIME,
    "resolved_import_id" INTEGER,
    "edited_by" TEXT,
    "edited_at" DATETIME,
    "edited" BLOB,
    "bytes" BLOB NOT NULL,
    CONSTRAINT "rejected_record_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "import" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_rejected_record" ("bytes", "code", "id", "import_id", "offset", "reason", "record", "size") SELECT "bytes", "code", "id", "import_id", "offset", "reason", "record", "size" FROM "rejected_record";
DROP TABLE "rejected_record";
ALTER TABLE "new_rejected_record" RENAME TO "rejected_record";
CREATE INDEX "rejected_record_import_id_resolved_at_code_idx" ON "rejected_record"("import_id", "resolved_at", "code");
CREATE INDEX "rejected_record_resolved_at_code_idx" ON "rejected_record"("resolved_at", "code");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
