-- CreateTable
CREATE TABLE "source" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "last_event_at" DATETIME,
    "last_received_at" DATETIME,
    "stored" INTEGER NOT NULL DEFAULT 0,
    "duplicates" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0
);

-- CreateTable
CREATE TABLE "import" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "source_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "format" TEXT,
    "status" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "started_at" DATETIME NOT NULL,
    "finished_at" DATETIME,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "records" INTEGER NOT NULL DEFAULT 0,
    "stored" INTEGER NOT NULL DEFAULT 0,
    "duplicates" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0,
    "alerts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    CONSTRAINT "import_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "rejected_record" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "import_id" INTEGER NOT NULL,
    "record" INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    "size" BIGINT NOT NULL,
    "code" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "bytes" BLOB NOT NULL,
    CONSTRAINT "rejected_record_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "import" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "host" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "host_id" TEXT NOT NULL,
    "name" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "term" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "text" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "event_block" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "format" TEXT NOT NULL,
    "codec" TEXT NOT NULL,
    "index" BLOB NOT NULL,
    "bytes" BLOB NOT NULL
);

-- CreateTable
CREATE TABLE "event" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "identity" BLOB NOT NULL,
    "ts" BIGINT NOT NULL,
    "ts_ns" INTEGER NOT NULL DEFAULT 0,
    "sequence" BIGINT,
    "host" INTEGER NOT NULL,
    "category" INTEGER,
    "action" INTEGER,
    "entity" BIGINT,
    "parent" BIGINT,
    "import_id" INTEGER NOT NULL,
    "block" INTEGER NOT NULL,
    "block_at" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "rule_hit" (
    "rule_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "ts" BIGINT NOT NULL,
    "ts_ns" INTEGER NOT NULL,
    "event_id" INTEGER NOT NULL,
    "stage" INTEGER NOT NULL,
    "sequence" BIGINT,

    PRIMARY KEY ("rule_id", "key", "ts", "ts_ns", "event_id", "stage")
);

-- CreateTable
CREATE TABLE "join_queue" (
    "rule_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "from_ts" BIGINT NOT NULL,
    "to_ts" BIGINT NOT NULL,
    "import_id" INTEGER,

    PRIMARY KEY ("rule_id", "key")
);

-- CreateTable
CREATE TABLE "rule" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "rule_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "risk_score" INTEGER NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "origin" TEXT NOT NULL,
    "version_id" INTEGER,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "rule_version" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "rule_id" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "document" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    CONSTRAINT "rule_version_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "rule" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "alert" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "rule_id" INTEGER NOT NULL,
    "rule_version_id" INTEGER NOT NULL,
    "event_id" INTEGER NOT NULL,
    "keys" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "risk_score" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "host_id" TEXT NOT NULL,
    "host_name" TEXT NOT NULL,
    "process_name" TEXT,
    "parent_executable" TEXT,
    "user_name" TEXT,
    "occurred_at" DATETIME NOT NULL,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "verdict" TEXT,
    "assignee" TEXT,
    "over_cap" BOOLEAN NOT NULL DEFAULT false,
    "retracted_at" DATETIME,
    "checklist_done" INTEGER NOT NULL DEFAULT 0,
    "checklist_total" INTEGER NOT NULL DEFAULT 0,
    "closed_at" DATETIME,
    "import_id" INTEGER,
    CONSTRAINT "alert_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "rule" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "alert_rule_version_id_fkey" FOREIGN KEY ("rule_version_id") REFERENCES "rule_version" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "alert_event" (
    "alert_id" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "role" TEXT NOT NULL,
    "stage" INTEGER NOT NULL,
    "event_id" INTEGER NOT NULL,

    PRIMARY KEY ("alert_id", "position"),
    CONSTRAINT "alert_event_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "alert_history" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "alert_id" INTEGER NOT NULL,
    "at" DATETIME NOT NULL,
    "actor" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "detail" TEXT NOT NULL DEFAULT '{}',
    CONSTRAINT "alert_history_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "checklist_item" (
    "alert_id" INTEGER NOT NULL,
    "item_key" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "actor" TEXT NOT NULL,
    "at" DATETIME NOT NULL,

    PRIMARY KEY ("alert_id", "item_key"),
    CONSTRAINT "checklist_item_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "exception" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "rule_id" TEXT,
    "stage" INTEGER,
    "entries" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "starts_at" DATETIME,
    "expires_at" DATETIME,
    "alert_id" INTEGER,
    "created_by" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "updated_by" TEXT NOT NULL,
    "updated_at" DATETIME NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "hits" INTEGER NOT NULL DEFAULT 0,
    "last_hit_at" DATETIME
);

-- CreateTable
CREATE TABLE "excluded_match" (
    "exception_id" INTEGER NOT NULL,
    "rule_id" INTEGER NOT NULL,
    "event_id" INTEGER NOT NULL,
    "at" DATETIME NOT NULL,

    PRIMARY KEY ("exception_id", "rule_id", "event_id")
);

-- CreateTable
CREATE TABLE "case" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "status" TEXT NOT NULL DEFAULT 'open',
    "severity" TEXT NOT NULL,
    "tlp" TEXT NOT NULL DEFAULT 'amber',
    "created_by" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL,
    "closed_at" DATETIME,
    "version" INTEGER NOT NULL DEFAULT 1
);

-- CreateTable
CREATE TABLE "case_alert" (
    "case_id" INTEGER NOT NULL,
    "alert_id" INTEGER NOT NULL,
    "added_by" TEXT NOT NULL,
    "added_at" DATETIME NOT NULL,

    PRIMARY KEY ("case_id", "alert_id"),
    CONSTRAINT "case_alert_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "case" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "case_alert_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "case_note" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "case_id" INTEGER NOT NULL,
    "body" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    CONSTRAINT "case_note_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "case" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "audit" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "at" DATETIME NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "entity_type" TEXT NOT NULL,
    "entity_id" TEXT NOT NULL,
    "detail" TEXT NOT NULL DEFAULT '{}'
);

-- CreateTable
CREATE TABLE "revision" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "value" INTEGER NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "source_name_key" ON "source"("name");

-- CreateIndex
CREATE INDEX "import_started_at_idx" ON "import"("started_at");

-- CreateIndex
CREATE INDEX "rejected_record_import_id_idx" ON "rejected_record"("import_id");

-- CreateIndex
CREATE UNIQUE INDEX "host_host_id_key" ON "host"("host_id");

-- CreateIndex
CREATE UNIQUE INDEX "term_text_key" ON "term"("text");

-- CreateIndex
CREATE UNIQUE INDEX "event_identity_key" ON "event"("identity");

-- CreateIndex
CREATE INDEX "event_host_ts_idx" ON "event"("host", "ts");

-- CreateIndex
CREATE INDEX "event_entity_idx" ON "event"("entity");

-- CreateIndex
CREATE INDEX "event_parent_idx" ON "event"("parent");

-- CreateIndex
CREATE UNIQUE INDEX "rule_rule_id_key" ON "rule"("rule_id");

-- CreateIndex
CREATE UNIQUE INDEX "rule_version_rule_id_digest_key" ON "rule_version"("rule_id", "digest");

-- CreateIndex
CREATE INDEX "alert_status_occurred_at_idx" ON "alert"("status", "occurred_at");

-- CreateIndex
CREATE INDEX "alert_occurred_at_idx" ON "alert"("occurred_at");

-- CreateIndex
CREATE INDEX "alert_host_id_idx" ON "alert"("host_id");

-- CreateIndex
CREATE INDEX "alert_parent_executable_idx" ON "alert"("parent_executable");

-- CreateIndex
CREATE INDEX "alert_facets_idx" ON "alert"("status", "severity", "rule_id", "host_id", "verdict", "assignee", "parent_executable", "over_cap", "occurred_at");

-- CreateIndex
CREATE UNIQUE INDEX "alert_rule_id_event_id_key" ON "alert"("rule_id", "event_id");

-- CreateIndex
CREATE INDEX "alert_event_event_id_idx" ON "alert_event"("event_id");

-- CreateIndex
CREATE INDEX "alert_history_alert_id_idx" ON "alert_history"("alert_id");

-- CreateIndex
CREATE INDEX "exception_rule_id_idx" ON "exception"("rule_id");

-- CreateIndex
CREATE INDEX "case_alert_alert_id_idx" ON "case_alert"("alert_id");

-- CreateIndex
CREATE INDEX "case_note_case_id_idx" ON "case_note"("case_id");

-- CreateIndex
CREATE INDEX "audit_entity_type_entity_id_idx" ON "audit"("entity_type", "entity_id");
