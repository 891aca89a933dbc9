-- The records of a process are found through indexes that begin with a generation, 65,536 events by their number: the ids of
-- processes are random, and in one index over all events every batch would touch every page of it.
DROP INDEX "event_host_ts_idx";
DROP INDEX "event_entity_idx";
DROP INDEX "event_parent_idx";
CREATE INDEX "event_entity_idx" ON "event"("id" >> 16, "entity") WHERE "entity" IS NOT NULL;
CREATE INDEX "event_parent_idx" ON "event"("id" >> 16, "parent") WHERE "parent" IS NOT NULL;
