-- AlterTable
ALTER TABLE "alert" ADD COLUMN "imds_host" TEXT;
ALTER TABLE "alert" ADD COLUMN "imds_path" TEXT;
ALTER TABLE "alert" ADD COLUMN "imds_path_class" TEXT;
ALTER TABLE "alert" ADD COLUMN "imds_provider" TEXT;
ALTER TABLE "alert" ADD COLUMN "imds_role" TEXT;
ALTER TABLE "alert" ADD COLUMN "imds_version" TEXT;

-- CreateTable
CREATE TABLE "describe_queue" (
    "alert_id" INTEGER NOT NULL PRIMARY KEY
);

-- DropIndex
DROP INDEX "alert_facets_idx";

-- DropIndex
DROP INDEX "alert_parent_executable_idx";

-- DropIndex
DROP INDEX "alert_occurred_at_idx";

-- CreateIndex
CREATE INDEX "alert_occurred_at_severity_idx" ON "alert"("occurred_at", "severity");

-- CreateIndex
CREATE INDEX "alert_parent_executable_status_verdict_occurred_at_idx" ON "alert"("parent_executable", "status", "verdict", "occurred_at");

-- CreateIndex
CREATE INDEX "alert_facets_idx" ON "alert"("status", "severity", "rule_id", "host_id", "verdict", "assignee", "parent_executable", "over_cap", "occurred_at", "imds_path_class", "imds_role");

-- What earlier alerts asked for has to be read from their records.
INSERT INTO "describe_queue" ("alert_id") SELECT "id" FROM "alert";
