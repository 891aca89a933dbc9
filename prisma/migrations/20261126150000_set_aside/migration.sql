-- CreateTable
CREATE TABLE "set_aside" (
    "work" TEXT NOT NULL,
    "rule_id" INTEGER NOT NULL DEFAULT 0,
    "key" TEXT NOT NULL,
    "run_id" INTEGER,
    "error" TEXT NOT NULL,
    "at" DATETIME NOT NULL,

    PRIMARY KEY ("work", "rule_id", "key"),
    CONSTRAINT "set_aside_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "detection_run" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "set_aside_run_id_idx" ON "set_aside"("run_id");
