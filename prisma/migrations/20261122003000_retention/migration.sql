-- AlterTable
ALTER TABLE "import" ADD COLUMN "removed" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "alert" ADD COLUMN "records_removed_at" DATETIME;

-- CreateTable
CREATE TABLE "removed_record" (
    "identity" BLOB NOT NULL,
    "alert_id" INTEGER NOT NULL,
    "event_id" INTEGER NOT NULL,
    "ts_ns" INTEGER NOT NULL,
    "removed_at" DATETIME NOT NULL,

    PRIMARY KEY ("identity", "alert_id"),
    CONSTRAINT "removed_record_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "retention_policy" (
    "id" INTEGER NOT NULL PRIMARY KEY DEFAULT 1,
    "max_age_days" INTEGER,
    "max_bytes" BIGINT,
    "paused" TEXT,
    "updated_by" TEXT NOT NULL,
    "updated_at" DATETIME NOT NULL,
    "checked_at" DATETIME
);

-- CreateTable
CREATE TABLE "retention_run" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "status" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "max_age_days" INTEGER,
    "max_bytes" BIGINT,
    "started_at" DATETIME NOT NULL,
    "finished_at" DATETIME,
    "received_before" DATETIME,
    "after_id" INTEGER NOT NULL DEFAULT 0,
    "events" INTEGER NOT NULL DEFAULT 0,
    "blocks" INTEGER NOT NULL DEFAULT 0,
    "rejects" INTEGER NOT NULL DEFAULT 0,
    "alerts" INTEGER NOT NULL DEFAULT 0,
    "kept" INTEGER NOT NULL DEFAULT 0,
    "bytes_before" BIGINT NOT NULL,
    "bytes_after" BIGINT,
    "bytes_returned" BIGINT NOT NULL DEFAULT 0,
    "error" TEXT
);

-- CreateIndex
CREATE INDEX "removed_record_alert_id_idx" ON "removed_record"("alert_id");

-- CreateIndex
CREATE INDEX "retention_run_started_at_idx" ON "retention_run"("started_at");

-- CreateIndex
CREATE INDEX "hit_watch_rule_id_key_idx" ON "hit_watch"("rule_id", "key");

-- CreateIndex
CREATE INDEX "excluded_match_event_id_idx" ON "excluded_match"("event_id");
