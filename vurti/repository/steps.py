"""The statements of each version's step. One that was published is never changed."""

FIRST = """
CREATE TABLE "meta" ("name" TEXT NOT NULL PRIMARY KEY, "value" TEXT NOT NULL);
CREATE TABLE "scope" ("name" TEXT NOT NULL PRIMARY KEY, "epoch" INTEGER NOT NULL,
  "nonce" TEXT NOT NULL, "seq" INTEGER NOT NULL, "number_last" INTEGER NOT NULL,
  "cursor" INTEGER NOT NULL, "started_at" REAL NOT NULL, "committed_at" REAL);
CREATE TABLE "vds_dynamic" ("key" INTEGER NOT NULL PRIMARY KEY, "scope" TEXT NOT NULL,
  "id" TEXT NOT NULL, "cluster" TEXT NOT NULL, "status" TEXT NOT NULL, "reason" TEXT NOT NULL,
  "capabilities" TEXT, "seq" INTEGER NOT NULL, "observed_at" REAL NOT NULL,
  "rule" TEXT NOT NULL);
CREATE UNIQUE INDEX "vdsdynamic_scope_id" ON "vds_dynamic" ("scope", "id");
CREATE TABLE "vds_statistics" ("vds" INTEGER NOT NULL PRIMARY KEY, "heard_at" REAL NOT NULL,
  "sampled_at" REAL, "cpu_percent" REAL, "memory_kb" INTEGER, "memory_free_kb" INTEGER,
  "vm_count" INTEGER, "boot_time" REAL);
CREATE TABLE "vm_dynamic" ("key" INTEGER NOT NULL PRIMARY KEY, "scope" TEXT NOT NULL,
  "id" TEXT NOT NULL, "name" TEXT NOT NULL, "status" TEXT NOT NULL, "run_on" TEXT,
  "migrating_to" TEXT, "pause_status" TEXT NOT NULL, "exit_status" TEXT, "exit_reason" TEXT,
  "exit_message" TEXT NOT NULL, "seq" INTEGER NOT NULL, "observed_at" REAL NOT NULL,
  "rule" TEXT NOT NULL);
CREATE UNIQUE INDEX "vmdynamic_scope_id" ON "vm_dynamic" ("scope", "id");
CREATE INDEX "vmdynamic_scope_run_on" ON "vm_dynamic" ("scope", "run_on");
CREATE TABLE "vm_statistics" ("vm" INTEGER NOT NULL PRIMARY KEY, "sampled_at" REAL NOT NULL,
  "cpu_percent" REAL, "cpu_time_ns" INTEGER, "vcpus" INTEGER, "memory_kb" INTEGER,
  "memory_max_kb" INTEGER, "rss_kb" INTEGER, "disk_read_bytes" INTEGER,
  "disk_write_bytes" INTEGER, "net_rx_bytes" INTEGER, "net_tx_bytes" INTEGER);
CREATE TABLE "event_log" ("scope" TEXT NOT NULL, "cursor" INTEGER NOT NULL, "id" TEXT NOT NULL,
  "kind" TEXT NOT NULL, "vm" TEXT, "host" TEXT, "seq_first" INTEGER NOT NULL,
  "seq" INTEGER NOT NULL, "before_status" TEXT, "after_status" TEXT, "reason" TEXT NOT NULL,
  "rule" TEXT NOT NULL, "restart" INTEGER NOT NULL, "observed_at" REAL NOT NULL,
  "committed_at" REAL NOT NULL, "body" TEXT NOT NULL, PRIMARY KEY ("scope", "cursor"));
CREATE INDEX "event_log_vm" ON "event_log" ("scope", "vm", "cursor") WHERE ("vm" IS NOT NULL);
CREATE INDEX "event_log_host" ON "event_log" ("scope", "host", "cursor")
  WHERE ("host" IS NOT NULL);
CREATE VIEW "hosts" AS
  SELECT h.scope, h.id, h.cluster, h.status, h.reason, h.rule,
    datetime(h.observed_at, 'unixepoch') AS state_since_utc,
    datetime(s.heard_at, 'unixepoch') AS heard_utc,
    round((julianday('now') - 2440587.5) * 86400 - s.heard_at, 1) AS heard_secs_ago,
    s.cpu_percent, s.memory_kb, s.memory_free_kb, s.vm_count
  FROM vds_dynamic h LEFT JOIN vds_statistics s ON s.vds = h.key;
CREATE VIEW "vms" AS
  SELECT v.scope, v.id, v.name, v.status, v.run_on, v.migrating_to, v.pause_status,
    v.exit_status, v.exit_reason, v.exit_message, v.rule,
    datetime(v.observed_at, 'unixepoch') AS state_since_utc,
    h.cluster, h.status AS host_status,
    round((julianday('now') - 2440587.5) * 86400 - hs.heard_at, 1) AS host_heard_secs_ago,
    s.cpu_percent, s.memory_kb, datetime(s.sampled_at, 'unixepoch') AS sampled_utc
  FROM vm_dynamic v LEFT JOIN vm_statistics s ON s.vm = v.key
    LEFT JOIN vds_dynamic h ON h.scope = v.scope AND h.id = v.run_on
    LEFT JOIN vds_statistics hs ON hs.vds = h.key
"""

WHAT_GUESTS_TELL = """
ALTER TABLE "vm_dynamic" ADD COLUMN "boot_time" REAL;
ALTER TABLE "vm_dynamic" ADD COLUMN "last_watchdog" REAL;
ALTER TABLE "vm_dynamic" ADD COLUMN "guest" TEXT;
ALTER TABLE "vm_dynamic" ADD COLUMN "hardware" TEXT;
ALTER TABLE "vm_statistics" ADD COLUMN "cpu_user_percent" REAL;
ALTER TABLE "vm_statistics" ADD COLUMN "cpu_sys_percent" REAL;
ALTER TABLE "vm_statistics" ADD COLUMN "memory_percent" REAL;
ALTER TABLE "vm_statistics" ADD COLUMN "balloon" TEXT;
ALTER TABLE "vm_statistics" ADD COLUMN "migration_progress" INTEGER;
ALTER TABLE "vm_statistics" ADD COLUMN "migration_downtime_ms" INTEGER
"""

PROMISES = """
CREATE TABLE "expectation" ("key" INTEGER NOT NULL PRIMARY KEY, "scope" TEXT NOT NULL,
  "id" TEXT NOT NULL, "kind" TEXT NOT NULL, "thing" TEXT NOT NULL, "announced_at" REAL NOT NULL,
  "expires_at" REAL NOT NULL, "host" TEXT, "job" TEXT, "why" TEXT NOT NULL,
  "outcome" TEXT NOT NULL, "ended_at" REAL, "rule" TEXT NOT NULL);
CREATE UNIQUE INDEX "expectation_scope_id" ON "expectation" ("scope", "id");
CREATE INDEX "expectation_scope_ended_at" ON "expectation" ("scope", "ended_at");
CREATE TABLE "intent" ("key" INTEGER NOT NULL PRIMARY KEY, "scope" TEXT NOT NULL,
  "id" TEXT NOT NULL, "kind" TEXT NOT NULL, "thing" TEXT NOT NULL, "raised_at" REAL NOT NULL,
  "valid_until" REAL NOT NULL, "host" TEXT, "based_on" INTEGER NOT NULL, "reason" TEXT NOT NULL,
  "rule" TEXT NOT NULL, "state" TEXT NOT NULL, "ended_at" REAL);
CREATE UNIQUE INDEX "intent_scope_id" ON "intent" ("scope", "id");
CREATE INDEX "intent_scope_ended_at" ON "intent" ("scope", "ended_at");
CREATE TABLE "announcement" ("key" INTEGER NOT NULL PRIMARY KEY, "scope" TEXT NOT NULL,
  "id" TEXT NOT NULL, "kind" TEXT NOT NULL, "about" TEXT NOT NULL, "body" TEXT NOT NULL,
  "announced_at" REAL NOT NULL, "expires_at" REAL NOT NULL, "answer" TEXT);
CREATE UNIQUE INDEX "announcement_scope_id" ON "announcement" ("scope", "id")
"""

EXPLANATIONS = """
CREATE TABLE "explanation" ("scope" TEXT NOT NULL, "thing" TEXT NOT NULL, "body" TEXT NOT NULL,
  "changed_at" REAL NOT NULL, PRIMARY KEY ("scope", "thing"))
"""

HOW_HOSTS_ARE = """
ALTER TABLE "vds_dynamic" ADD COLUMN "boot_time" REAL;
ALTER TABLE "vds_statistics" ADD COLUMN "cpu_user_percent" REAL;
ALTER TABLE "vds_statistics" ADD COLUMN "cpu_sys_percent" REAL;
ALTER TABLE "vds_statistics" ADD COLUMN "cpu_idle_percent" REAL;
ALTER TABLE "vds_statistics" ADD COLUMN "cpu_load_percent" REAL;
ALTER TABLE "vds_statistics" ADD COLUMN "swap_total_mb" INTEGER;
ALTER TABLE "vds_statistics" ADD COLUMN "swap_free_mb" INTEGER;
ALTER TABLE "vds_statistics" ADD COLUMN "hugepages_mb" INTEGER;
ALTER TABLE "vds_statistics" ADD COLUMN "hugepages_free_mb" INTEGER;
ALTER TABLE "vds_statistics" ADD COLUMN "date_time" REAL;
ALTER TABLE "vds_statistics" ADD COLUMN "vms_active" INTEGER;
ALTER TABLE "vds_statistics" ADD COLUMN "vms_migrating" INTEGER;
ALTER TABLE "vds_statistics" ADD COLUMN "migrations_in" INTEGER;
ALTER TABLE "vds_statistics" ADD COLUMN "migrations_out" INTEGER;
ALTER TABLE "vds_statistics" ADD COLUMN "ha_score" INTEGER;
ALTER TABLE "vds_statistics" ADD COLUMN "nics" TEXT;
ALTER TABLE "vds_statistics" ADD COLUMN "disks" TEXT;
ALTER TABLE "vds_statistics" ADD COLUMN "multipaths" TEXT;
ALTER TABLE "vds_statistics" ADD COLUMN "memory_percent" INTEGER;
ALTER TABLE "vds_statistics" ADD COLUMN "network_percent" INTEGER;
ALTER TABLE "vds_statistics" ADD COLUMN "committed_memory_mb" INTEGER;
ALTER TABLE "vds_statistics" ADD COLUMN "committed_cores" INTEGER
"""

MAINTENANCE_ENDS = """
ALTER TABLE "vds_dynamic" ADD COLUMN "maintenance_until" REAL
"""

WHERE_SEQUENCES_STAND = """
CREATE INDEX "event_log_gone" ON "event_log" ("scope")
  WHERE ("after_status" IS NULL OR "kind" IN ('VmExpectationEnded', 'VdsExpectationEnded'))
"""

READERS_OF_THE_LOG = """
ALTER TABLE "event_log" ADD COLUMN "log_time" REAL;
ALTER TABLE "scope" ADD COLUMN "log_time" REAL;
ALTER TABLE "intent" ADD COLUMN "raised_in" INTEGER;
ALTER TABLE "intent" ADD COLUMN "changed_in" INTEGER;
CREATE INDEX "intent_scope_changed_in" ON "intent" ("scope", "changed_in");
CREATE TABLE "log_base" ("scope" TEXT NOT NULL, "noun" TEXT NOT NULL, "thing" TEXT NOT NULL,
  "cursor" INTEGER NOT NULL, "committed_at" REAL NOT NULL, "body" TEXT NOT NULL,
  PRIMARY KEY ("scope", "noun", "thing"));
CREATE TABLE "reader" ("scope" TEXT NOT NULL, "name" TEXT NOT NULL, "kind" TEXT NOT NULL,
  "stream" TEXT NOT NULL, "cursor" INTEGER NOT NULL, "done" TEXT, "is_new" INTEGER NOT NULL,
  "updated_at" REAL NOT NULL, "sent" INTEGER NOT NULL, "retries" INTEGER NOT NULL,
  "dropped" INTEGER NOT NULL, "dead" INTEGER NOT NULL, "lost" INTEGER NOT NULL,
  "failing_since" REAL, "failure" TEXT NOT NULL, "gone_at" REAL, "asked_at" REAL,
  "heeded_at" REAL, PRIMARY KEY ("scope", "name"));
CREATE TABLE "dead_letter" ("key" INTEGER NOT NULL PRIMARY KEY, "scope" TEXT NOT NULL,
  "reader" TEXT NOT NULL, "id" TEXT NOT NULL, "cursor" INTEGER NOT NULL,
  "refused_at" REAL NOT NULL, "reason" TEXT NOT NULL, "body" TEXT NOT NULL,
  "tries" INTEGER NOT NULL);
CREATE UNIQUE INDEX "deadletter_scope_reader_id" ON "dead_letter" ("scope", "reader", "id")
"""

SCOPES_OF_CLUSTERS = """
CREATE TABLE "scope_of_cluster" ("cluster" TEXT NOT NULL PRIMARY KEY, "scope" TEXT NOT NULL,
  "dealt_at" REAL NOT NULL)
"""

BY_ID_OVER_SCOPES = """
CREATE INDEX "vdsdynamic_id" ON "vds_dynamic" ("id");
CREATE INDEX "vmdynamic_id" ON "vm_dynamic" ("id")
"""
