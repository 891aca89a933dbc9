-- AlterTable
ALTER TABLE "join_queue" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1;
