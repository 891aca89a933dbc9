-- AlterTable
ALTER TABLE "alert" ADD COLUMN "truncated" TEXT;

-- CreateTable
CREATE TABLE "detection_run_rule" (
    "run_id" INTEGER NOT NULL,
    "rule_id" INTEGER NOT NULL,
    "hits" INTEGER NOT NULL DEFAULT 0,
    "raised" INTEGER NOT NULL DEFAULT 0,
    "changed" INTEGER NOT NULL DEFAULT 0,
    "retracted" INTEGER NOT NULL DEFAULT 0,
    "held_back" INTEGER NOT NULL DEFAULT 0,

    PRIMARY KEY ("run_id", "rule_id"),
    CONSTRAINT "detection_run_rule_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "detection_run" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "truncated_key" (
    "run_id" INTEGER NOT NULL,
    "rule_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,

    PRIMARY KEY ("run_id", "rule_id", "key"),
    CONSTRAINT "truncated_key_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "detection_run" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
-- What earlier runs over stored events did, kept until the table they belong to has been made anew.
CREATE TABLE "kept_counts" AS SELECT "id" AS "run_id", "rule_id", "hits", "alerts" AS "raised" FROM "detection_run" WHERE "rule_id" IS NOT NULL;
CREATE TABLE "new_detection_run" (
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
    "detect_ms" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT
);
INSERT INTO "new_detection_run" ("actor", "error", "events", "finished_at", "from_ts", "id", "import_id", "kind", "rule_id", "started_at", "status", "to_ts", "total") SELECT "actor", "error", "events", "finished_at", "from_ts", "id", "import_id", "kind", "rule_id", "started_at", "status", "to_ts", "total" FROM "detection_run";
DROP TABLE "detection_run";
ALTER TABLE "new_detection_run" RENAME TO "detection_run";
CREATE UNIQUE INDEX "detection_run_import_id_key" ON "detection_run"("import_id");
CREATE INDEX "detection_run_rule_id_started_at_idx" ON "detection_run"("rule_id", "started_at");
CREATE INDEX "detection_run_started_at_idx" ON "detection_run"("started_at");
INSERT INTO "detection_run_rule" ("run_id", "rule_id", "hits", "raised") SELECT "run_id", "rule_id", "hits", "raised" FROM "kept_counts";
DROP TABLE "kept_counts";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE INDEX "detection_run_rule_rule_id_run_id_idx" ON "detection_run_rule"("rule_id", "run_id");

-- CreateIndex
CREATE INDEX "truncated_key_rule_id_idx" ON "truncated_key"("rule_id");

-- CreateIndex
CREATE INDEX "alert_import_id_rule_id_over_cap_idx" ON "alert"("import_id", "rule_id", "over_cap");
