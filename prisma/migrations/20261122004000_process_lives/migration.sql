-- AlterTable
ALTER TABLE "host" ADD COLUMN "by_pid" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "event" ADD COLUMN "lacks" INTEGER;

-- AlterTable
ALTER TABLE "known_process" ADD COLUMN "entity_id" TEXT;
ALTER TABLE "known_process" ADD COLUMN "parent_pid" INTEGER;
ALTER TABLE "known_process" ADD COLUMN "parent_entity_id" TEXT;
ALTER TABLE "known_process" ADD COLUMN "parent_executable" TEXT;
ALTER TABLE "known_process" ADD COLUMN "parent_name" TEXT;
ALTER TABLE "known_process" ADD COLUMN "event_id" INTEGER;

-- What bounds a life is apart from what happens in it, and an end counts from the millisecond after it.
UPDATE OR REPLACE "known_process" SET "boundary" = 2 WHERE "kind" = 'fork';
UPDATE OR REPLACE "known_process" SET "boundary" = 2, "ts" = "ts" + 1, "rank" = -2251799813685248 WHERE "kind" = 'end';

-- CreateTable
CREATE TABLE "process_start" (
    "entity" BIGINT NOT NULL,
    "host" INTEGER NOT NULL,
    "entity_id" TEXT NOT NULL,
    "lacks" INTEGER NOT NULL,
    "grade" INTEGER,
    "ts" BIGINT,
    "rank" BIGINT,
    "executable" TEXT,
    "name" TEXT,
    "parent_pid" INTEGER,
    "parent_entity_id" TEXT,
    "parent_executable" TEXT,
    "parent_name" TEXT,
    "event_id" INTEGER,

    PRIMARY KEY ("entity", "host", "entity_id")
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "start_queue" (
    "entity" BIGINT NOT NULL,
    "host" INTEGER NOT NULL,
    "entity_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "import_id" INTEGER,
    "late" INTEGER NOT NULL DEFAULT 0,

    PRIMARY KEY ("entity", "host", "entity_id")
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "tell_queue" (
    "event_id" INTEGER NOT NULL PRIMARY KEY,
    "import_id" INTEGER
);

-- CreateTable
CREATE TABLE "retest_queue" (
    "event_id" INTEGER NOT NULL PRIMARY KEY,
    "version" INTEGER NOT NULL DEFAULT 1,
    "import_id" INTEGER
);

-- Events stored until now are read anew once: the ids of their processes tell lives apart from here on.
UPDATE "host" SET "by_pid" = true WHERE "id" IN (SELECT "host" FROM "parented_event");
INSERT INTO "retest_queue" ("event_id") SELECT DISTINCT "event_id" FROM "parented_event" WHERE true ON CONFLICT DO NOTHING;
