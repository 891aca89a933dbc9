-- CreateIndex
CREATE INDEX "alert_facets_idx" ON "alert"("status", "severity", "rule_id", "host_id", "verdict", "assignee", "parent_executable", "over_cap", "occurred_at");
