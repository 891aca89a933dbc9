-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_enrich_queue" (
    "host" INTEGER NOT NULL,
    "pid" INTEGER NOT NULL,
    "from_ts" BIGINT NOT NULL,
    "to_ts" BIGINT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "import_id" INTEGER,

    PRIMARY KEY ("host", "pid", "from_ts")
) WITHOUT ROWID;
INSERT INTO "new_enrich_queue" ("from_ts", "host", "import_id", "pid", "to_ts", "version") SELECT "from_ts", "host", "import_id", "pid", "to_ts", "version" FROM "enrich_queue";
DROP TABLE "enrich_queue";
ALTER TABLE "new_enrich_queue" RENAME TO "enrich_queue";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
