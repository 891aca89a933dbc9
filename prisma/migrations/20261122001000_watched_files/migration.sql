-- CreateTable
CREATE TABLE "watched_file" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "folder" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "mtime_ns" BIGINT NOT NULL,
    "inode" TEXT NOT NULL,
    "head" TEXT NOT NULL,
    "taken_at" DATETIME NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "watched_file_folder_path_key" ON "watched_file"("folder", "path");
