-- DropIndex
DROP INDEX "alert_rule_id_event_id_key";

-- AlterTable
ALTER TABLE "alert" ADD COLUMN "join_key" TEXT;

-- AlterTable
ALTER TABLE "rule" ADD COLUMN "rerun_advised_at" DATETIME;

-- An event had one key until now: that of the hit which completed the match. Where it is gone, the alert is found by its event.
UPDATE "alert" SET "join_key" = (
  SELECT h."key" FROM "alert_event" l JOIN "rule_hit" h ON h."event_id" = l."event_id" AND h."stage" = l."stage"
  WHERE l."alert_id" = "alert"."id" AND l."event_id" = "alert"."event_id" AND h."rule_id" = "alert"."rule_id" LIMIT 1
);

-- CreateIndex
CREATE UNIQUE INDEX "alert_rule_id_event_id_join_key_key" ON "alert"("rule_id", "event_id", "join_key");

-- What is stored was looked at with one value of each field: the rules may find more in it now.
UPDATE "rule" SET "rerun_advised_at" = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE EXISTS (SELECT 1 FROM "event");

-- What an exception holds back has the identity of the alert it would be.
CREATE TABLE "new_excluded_match" (
    "exception_id" INTEGER NOT NULL,
    "rule_id" INTEGER NOT NULL,
    "event_id" INTEGER NOT NULL,
    "join_key" TEXT NOT NULL DEFAULT '',
    "at" DATETIME NOT NULL,
    "ts" BIGINT NOT NULL DEFAULT 0,
    "record_id" INTEGER,
    "record_stage" INTEGER,
    "links" TEXT NOT NULL DEFAULT '',
    "reason" TEXT NOT NULL DEFAULT '',
    "host_name" TEXT NOT NULL DEFAULT '',
    "user_name" TEXT,

    PRIMARY KEY ("exception_id", "rule_id", "event_id", "join_key")
);
INSERT INTO "new_excluded_match" SELECT "exception_id", "rule_id", "event_id",
  coalesce((SELECT h."key" FROM "rule_hit" h WHERE h."event_id" = m."event_id" AND h."rule_id" = m."rule_id" ORDER BY h."stage" DESC LIMIT 1), ''),
  "at", "ts", "record_id", "record_stage", "links", "reason", "host_name", "user_name" FROM "excluded_match" m;
DROP TABLE "excluded_match";
ALTER TABLE "new_excluded_match" RENAME TO "excluded_match";
CREATE INDEX "excluded_match_exception_id_ts_event_id_idx" ON "excluded_match"("exception_id", "ts", "event_id");
CREATE INDEX "excluded_match_at_idx" ON "excluded_match"("at");
CREATE INDEX "excluded_match_event_id_idx" ON "excluded_match"("event_id");
