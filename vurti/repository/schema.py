"""The tables as they are now. How they came to be so, and what an older store still needs, is in
`migrations`; a test keeps the two the same.

Models carry no database: a query is executed on the one that it is handed, because each thread
and each connection has a Database of its own.
"""
# ruff: noqa: D106 # the inner Meta is peewee's way to name a table

from typing import Any

from peewee import (
    AutoField,
    CompositeKey,
    FloatField,
    IntegerField,
    Model,
    TextField,
)

from vurti.repository.log_tables import DeadLetter, EventLog, LogBeginning, Reader


class Meta(Model):
    """What is true of the whole store. `schema_version` is among it."""

    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "meta"


class Scope(Model):
    """Who writes a scope and how far it is. `seq` counts commits, `cursor` is the log's last
    place, `number_last` the last input of this `epoch` that is in, `log_time` the time before which
    nothing more is logged."""

    name = TextField(primary_key=True)
    epoch = IntegerField()
    nonce = TextField()
    seq = IntegerField()
    number_last = IntegerField()
    cursor = IntegerField()
    started_at = FloatField()
    committed_at = FloatField(null=True)
    log_time = FloatField(null=True)

    class Meta:
        table_name = "scope"


class ScopeOfCluster(Model):
    """Which scope a cluster is in, since when it was dealt there."""

    cluster = TextField(primary_key=True)
    scope = TextField()
    dealt_at = FloatField()

    class Meta:
        table_name = "scope_of_cluster"


class VdsDynamic(Model):
    """The state of a host. Written when it changes, never because time passed."""

    key = AutoField()
    scope = TextField()
    id = TextField()
    cluster = TextField()
    status = TextField()
    reason = TextField()
    capabilities = TextField(null=True)
    seq = IntegerField()
    observed_at = FloatField()
    rule = TextField()
    boot_time = FloatField(null=True)
    maintenance_until = FloatField(null=True)

    class Meta:
        table_name = "vds_dynamic"
        indexes = ((("scope", "id"), True), (("id",), False))


class VdsStatistics(Model):
    """When a host was last heard, and its latest sample. One row a host."""

    vds = IntegerField(primary_key=True)
    heard_at = FloatField()
    sampled_at = FloatField(null=True)
    cpu_percent = FloatField(null=True)
    memory_kb = IntegerField(null=True)
    memory_free_kb = IntegerField(null=True)
    vm_count = IntegerField(null=True)
    boot_time = FloatField(null=True)
    cpu_user_percent = FloatField(null=True)
    cpu_sys_percent = FloatField(null=True)
    cpu_idle_percent = FloatField(null=True)
    cpu_load_percent = FloatField(null=True)
    swap_total_mb = IntegerField(null=True)
    swap_free_mb = IntegerField(null=True)
    hugepages_mb = IntegerField(null=True)
    hugepages_free_mb = IntegerField(null=True)
    date_time = FloatField(null=True)
    vms_active = IntegerField(null=True)
    vms_migrating = IntegerField(null=True)
    migrations_in = IntegerField(null=True)
    migrations_out = IntegerField(null=True)
    ha_score = IntegerField(null=True)
    nics = TextField(null=True)
    disks = TextField(null=True)
    multipaths = TextField(null=True)
    memory_percent = IntegerField(null=True)
    network_percent = IntegerField(null=True)
    committed_memory_mb = IntegerField(null=True)
    committed_cores = IntegerField(null=True)

    class Meta:
        table_name = "vds_statistics"


class VmDynamic(Model):
    """The state of a VM. Written when it changes, never because time passed."""

    key = AutoField()
    scope = TextField()
    id = TextField()
    name = TextField()
    status = TextField()
    run_on = TextField(null=True)
    migrating_to = TextField(null=True)
    pause_status = TextField()
    exit_status = TextField(null=True)
    exit_reason = TextField(null=True)
    exit_message = TextField()
    seq = IntegerField()
    observed_at = FloatField()
    rule = TextField()
    boot_time = FloatField(null=True)
    last_watchdog = FloatField(null=True)
    guest = TextField(null=True)
    hardware = TextField(null=True)

    class Meta:
        table_name = "vm_dynamic"
        indexes = ((("scope", "id"), True), (("id",), False), (("scope", "run_on"), False))


class VmStatistics(Model):
    """The latest sample of a VM. `sampled_at` is when a sample last brought other values."""

    vm = IntegerField(primary_key=True)
    sampled_at = FloatField()
    cpu_percent = FloatField(null=True)
    cpu_time_ns = IntegerField(null=True)
    vcpus = IntegerField(null=True)
    memory_kb = IntegerField(null=True)
    memory_max_kb = IntegerField(null=True)
    rss_kb = IntegerField(null=True)
    disk_read_bytes = IntegerField(null=True)
    disk_write_bytes = IntegerField(null=True)
    net_rx_bytes = IntegerField(null=True)
    net_tx_bytes = IntegerField(null=True)
    cpu_user_percent = FloatField(null=True)
    cpu_sys_percent = FloatField(null=True)
    memory_percent = FloatField(null=True)
    balloon = TextField(null=True)
    migration_progress = IntegerField(null=True)
    migration_downtime_ms = IntegerField(null=True)

    class Meta:
        table_name = "vm_statistics"


class Expectation(Model):
    """What was announced: open, or how it ended. `ended_at` is null while it is open."""

    key = AutoField()
    scope = TextField()
    id = TextField()
    kind = TextField()
    thing = TextField()
    announced_at = FloatField()
    expires_at = FloatField()
    host = TextField(null=True)
    job = TextField(null=True)
    why = TextField()
    outcome = TextField()
    ended_at = FloatField(null=True)
    rule = TextField()

    class Meta:
        table_name = "expectation"
        indexes = ((("scope", "id"), True), (("scope", "ended_at"), False))


class Intent(Model):
    """What is to be done: open, or how it ended. `ended_at` is null while it is open; `raised_in`
    and `changed_in` are the commits (`seq` of the scope) that brought it and its last word."""

    key = AutoField()
    scope = TextField()
    id = TextField()
    kind = TextField()
    thing = TextField()
    raised_at = FloatField()
    valid_until = FloatField()
    host = TextField(null=True)
    based_on = IntegerField()
    reason = TextField()
    rule = TextField()
    state = TextField()
    ended_at = FloatField(null=True)
    raised_in = IntegerField(null=True)
    changed_in = IntegerField(null=True)

    class Meta:
        table_name = "intent"
        indexes = (
            (("scope", "id"), True),
            (("scope", "ended_at"), False),
            (("scope", "changed_in"), False),
        )


class Announcement(Model):
    """What a command wants to be taken in by the vurti that writes. It goes with the commit that
    takes it in; `answer` is why it was refused."""

    key = AutoField()
    scope = TextField()
    id = TextField()
    kind = TextField()
    about = TextField()
    body = TextField()
    announced_at = FloatField()
    expires_at = FloatField()
    answer = TextField(null=True)

    class Meta:
        table_name = "announcement"
        indexes = ((("scope", "id"), True),)


class Explanation(Model):
    """Why a VM or host is as it is. Written at the rate of statistics, where something new was
    said; `changed_at` is when that was."""

    scope = TextField()
    thing = TextField()
    body = TextField()
    changed_at = FloatField()

    class Meta:
        table_name = "explanation"
        primary_key = CompositeKey("scope", "thing")


def within(column: Any, scope: str | None) -> Any:
    """The condition that it is this scope; for None, any."""
    return column.is_null(False) if scope is None else column == scope


MODELS: tuple[type[Model], ...] = (
    Meta,
    Scope,
    ScopeOfCluster,
    VdsDynamic,
    VdsStatistics,
    VmDynamic,
    VmStatistics,
    EventLog,
    LogBeginning,
    Reader,
    DeadLetter,
    Expectation,
    Intent,
    Announcement,
    Explanation,
)
