"""The tables of the log: what happened, where it begins, and how far its readers are."""
# ruff: noqa: D106 # the inner Meta is peewee's way to name a table

from peewee import (
    SQL,
    AutoField,
    BooleanField,
    CompositeKey,
    FloatField,
    IntegerField,
    Model,
    TextField,
)


class EventLog(Model):
    """The log: every committed event at its gapless cursor. `body` is the whole event as JSON,
    `log_time` never goes back; the other columns are for those who look for something."""

    scope = TextField()
    cursor = IntegerField()
    id = TextField()
    kind = TextField()
    vm = TextField(null=True)
    host = TextField(null=True)
    seq_first = IntegerField()
    seq = IntegerField()
    before_status = TextField(null=True)
    after_status = TextField(null=True)
    reason = TextField()
    rule = TextField()
    restart = BooleanField()
    observed_at = FloatField()
    committed_at = FloatField()
    body = TextField()
    log_time = FloatField(null=True)

    class Meta:
        table_name = "event_log"
        primary_key = CompositeKey("scope", "cursor")


for _thing in (EventLog.vm, EventLog.host):
    EventLog.add_index(
        EventLog.index(
            EventLog.scope,
            _thing,
            EventLog.cursor,
            where=_thing.is_null(False),
            name=f"event_log_{_thing.name}",
        )
    )
EventLog.add_index(
    EventLog.index(
        EventLog.scope,
        where=SQL(
            '("after_status" IS NULL'
            " OR \"kind\" IN ('VmExpectationEnded', 'VdsExpectationEnded'))"
        ),
        name="event_log_gone",
    )
)


class LogBeginning(Model):
    """Where the log begins: the last event of each thing (`noun` is vm or host) among those that
    were forgotten."""

    scope = TextField()
    noun = TextField()
    thing = TextField()
    cursor = IntegerField()
    committed_at = FloatField()
    body = TextField()

    class Meta:
        table_name = "log_base"
        primary_key = CompositeKey("scope", "noun", "thing")


class Reader(Model):
    """How far a reader of the log is; see vurti.model.bookmark."""

    scope = TextField()
    name = TextField()
    kind = TextField()
    stream = TextField()
    cursor = IntegerField()
    done = TextField(null=True)
    is_new = BooleanField()
    updated_at = FloatField()
    sent = IntegerField()
    retries = IntegerField()
    dropped = IntegerField()
    dead = IntegerField()
    lost = IntegerField()
    failing_since = FloatField(null=True)
    failure = TextField()
    gone_at = FloatField(null=True)
    asked_at = FloatField(null=True)
    heeded_at = FloatField(null=True)

    class Meta:
        table_name = "reader"
        primary_key = CompositeKey("scope", "name")


class DeadLetter(Model):
    """What the receiver of a reader could not read."""

    key = AutoField()
    scope = TextField()
    reader = TextField()
    id = TextField()
    cursor = IntegerField()
    refused_at = FloatField()
    reason = TextField()
    body = TextField()
    tries = IntegerField()

    class Meta:
        table_name = "dead_letter"
        indexes = ((("scope", "reader", "id"), True),)
