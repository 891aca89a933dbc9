-- CreateTable
CREATE TABLE "detection_run" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "rule_id" INTEGER,
    "import_id" INTEGER,
    "actor" TEXT NOT NULL,
    "from_ts" BIGINT,
    "to_ts" BIGINT,
    "started_at" DATETIME NOT NULL,
    "finished_at" DATETIME,
    "total" INTEGER,
    "events" INTEGER NOT NULL DEFAULT 0,
    "hits" INTEGER NOT NULL DEFAULT 0,
    "alerts" INTEGER NOT NULL DEFAULT 0,
    "truncated" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT
);

-- CreateIndex
CREATE INDEX "detection_run_rule_id_started_at_idx" ON "detection_run"("rule_id", "started_at");

-- CreateIndex
CREATE INDEX "detection_run_started_at_idx" ON "detection_run"("started_at");
