-- CreateIndex
CREATE INDEX "alert_closed_at_created_at_idx" ON "alert"("closed_at", "created_at");
