-- AlterTable
ALTER TABLE "import" ADD COLUMN "reader_pid" INTEGER;
ALTER TABLE "import" ADD COLUMN "reader_start" TEXT;
