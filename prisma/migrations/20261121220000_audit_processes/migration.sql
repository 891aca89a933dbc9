-- AlterTable
ALTER TABLE "import" ADD COLUMN "notes" TEXT NOT NULL DEFAULT '[]';

-- CreateTable
CREATE TABLE "known_process" (
    "host" INTEGER NOT NULL,
    "pid" INTEGER NOT NULL,
    "boundary" INTEGER NOT NULL,
    "ts" BIGINT NOT NULL,
    "rank" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "executable" TEXT,
    "name" TEXT,

    PRIMARY KEY ("host", "pid", "boundary", "ts", "rank")
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "parented_event" (
    "host" INTEGER NOT NULL,
    "parent_pid" INTEGER NOT NULL,
    "ts" BIGINT NOT NULL,
    "event_id" INTEGER NOT NULL,

    PRIMARY KEY ("host", "parent_pid", "ts", "event_id")
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "enrich_queue" (
    "host" INTEGER NOT NULL,
    "pid" INTEGER NOT NULL,
    "from_ts" BIGINT NOT NULL,
    "to_ts" BIGINT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "import_id" INTEGER,

    PRIMARY KEY ("host", "pid")
) WITHOUT ROWID;

-- CreateIndex
CREATE INDEX "rule_hit_event_id_idx" ON "rule_hit"("event_id");
