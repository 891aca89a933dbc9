-- What an exception held back can be looked at: the would-be alert as it would have read, its records, and the one that the
-- exception fitted. Rows of earlier versions have no words of their own; they are read from their completing event.
ALTER TABLE "excluded_match" ADD COLUMN "ts" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "excluded_match" ADD COLUMN "record_id" INTEGER;
ALTER TABLE "excluded_match" ADD COLUMN "record_stage" INTEGER;
ALTER TABLE "excluded_match" ADD COLUMN "links" TEXT NOT NULL DEFAULT '';
ALTER TABLE "excluded_match" ADD COLUMN "reason" TEXT NOT NULL DEFAULT '';
ALTER TABLE "excluded_match" ADD COLUMN "host_name" TEXT NOT NULL DEFAULT '';
ALTER TABLE "excluded_match" ADD COLUMN "user_name" TEXT;

UPDATE "excluded_match" SET "ts" = coalesce((SELECT "ts" FROM "event" WHERE "event"."id" = "excluded_match"."event_id"), 0);

CREATE INDEX "excluded_match_exception_id_ts_event_id_idx" ON "excluded_match"("exception_id", "ts", "event_id");
CREATE INDEX "excluded_match_at_idx" ON "excluded_match"("at");
