-- AlterTable
ALTER TABLE "host" ADD COLUMN "ids_told" BOOLEAN NOT NULL DEFAULT false;

-- Where sensors with ids told of pids so far.
UPDATE "host" SET "ids_told" = true WHERE "id" IN (SELECT "host" FROM "known_process" WHERE "entity_id" IS NOT NULL OR "parent_entity_id" IS NOT NULL);
