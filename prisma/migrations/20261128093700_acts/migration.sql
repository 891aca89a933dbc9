-- CreateTable
CREATE TABLE "act" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "at" DATETIME NOT NULL,
    "actor" TEXT NOT NULL,
    "tab" TEXT,
    "action" TEXT NOT NULL,
    "entity_type" TEXT NOT NULL,
    "entity_id" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "entry_from" INTEGER NOT NULL,
    "entry_to" INTEGER NOT NULL,
    "detail" TEXT NOT NULL DEFAULT '{}',
    "part_of" INTEGER,
    "undone_at" DATETIME,
    "undoes" INTEGER
);

-- CreateIndex
CREATE INDEX "act_actor_id_idx" ON "act"("actor", "id");

-- CreateIndex
CREATE INDEX "act_part_of_idx" ON "act"("part_of");

-- CreateIndex
CREATE INDEX "act_entry_from_idx" ON "act"("entry_from");
