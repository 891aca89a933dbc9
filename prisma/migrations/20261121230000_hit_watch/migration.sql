-- CreateTable
CREATE TABLE "hit_watch" (
    "entity" BIGINT NOT NULL,
    "rule_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "ts" BIGINT NOT NULL,

    PRIMARY KEY ("entity", "rule_id", "key")
);
