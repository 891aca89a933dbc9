-- CreateTable
CREATE TABLE "observable" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "kind" TEXT NOT NULL,
    "value" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "alert_observable" (
    "observable_id" INTEGER NOT NULL,
    "alert_id" INTEGER NOT NULL,

    PRIMARY KEY ("observable_id", "alert_id"),
    CONSTRAINT "alert_observable_observable_id_fkey" FOREIGN KEY ("observable_id") REFERENCES "observable" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "alert_observable_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "observable_kind_value_key" ON "observable"("kind", "value");

-- CreateIndex
CREATE INDEX "alert_observable_alert_id_idx" ON "alert_observable"("alert_id");

-- The observables of earlier alerts have to be read from their records.
INSERT INTO "describe_queue" ("alert_id") SELECT "id" FROM "alert" WHERE true ON CONFLICT DO NOTHING;
