"""A store that is written to, and sinks over it that do what a test tells them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from vurti.clock.virtual_clock import VirtualClock
from vurti.events import Event, event
from vurti.model import Intent, Row, Vds, VdsStatus, Vm, VmStatus
from vurti.model.commit import Commit
from vurti.repository import Repository, Retention, open_repository
from vurti.sinks import Item, Outcome, Sinks, Table, Taken
from vurti.sinks.delivery import Delivery
from vurti.streams.sink import Sink, SinkSettings


class Recorder:
    """A sink that answers as it is told, in this order, and then Taken."""

    def __init__(self, *answers: Outcome | Exception) -> None:
        self.answers = list(answers)
        self.told: list[list[Item]] = []  # what was taken
        self.tried: list[list[str]] = []  # ids of each attempt
        self.bad: set[str] = set()  # ids that are answered with `refusal`
        self.refusal: Outcome | None = None
        self.closed = 0

    def send(self, items: Sequence[Item]) -> Outcome:
        self.tried.append([item.id for item in items])
        answer = self.answers.pop(0) if self.answers else Taken()
        if self.refusal is not None and self.bad & {item.id for item in items}:
            answer = self.refusal
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Taken):
            self.told.append(list(items))
        return answer

    def abort(self) -> None: ...

    def close(self) -> None:
        self.closed += 1

    @property
    def items(self) -> list[Item]:
        return [item for batch in self.told for item in batch]

    @property
    def ids(self) -> list[str]:
        return [item.id for item in self.items]


class Bench:
    """One store in memory, in virtual time, and the sinks over it."""

    def __init__(self, url: str = "sqlite://", retention: Retention | None = None) -> None:
        self.clock = VirtualClock()
        self.recorder = Recorder()
        self.retention = retention or Retention()
        self.repository = self._opened(url)
        self.sinks: Sinks | None = None
        self._number = 0
        self._states: dict[str, Row] = {}

    def _opened(self, url: str) -> Repository:
        repository = open_repository(
            url, "system", self.clock.worker(), retention=self.retention,
            wall=self.clock.wall, monotonic=self.clock.now,
        )  # fmt: skip
        repository.start()
        return repository

    def commit(self, *things: tuple[str, VmStatus | None], intents: Sequence[Intent] = ()) -> int:
        """These VMs became so; None is removed. The log's last cursor."""
        rows: list[Row] = []
        told: list[Event] = []
        for id_, status in things:
            known = self._states.get(id_)
            before = known.value if known and not known.deleted else None
            seq = (known.seq if known else 0) + 1
            after = None if status is None else Vm(id_, status=status, run_on="alpha")
            change = event(before, after, id=f"{id_}.{seq}", seq=seq, seq_first=seq, host="alpha")
            assert change is not None
            row = Row(after or before or Vm(id_), seq, deleted=after is None)
            self._states[id_] = row
            rows.append(row)
            told.append(change)
        return self._commit(tuple(rows), tuple(told), tuple(intents))

    def host(self, id_: str) -> int:
        """A host was added."""
        vds = Vds(id_, status=VdsStatus.UP)
        told = event(None, vds, id=f"{id_}.1", seq=1, seq_first=1, host=id_)
        assert told is not None
        return self._commit((), (told,), (), (Row(vds, 1),))

    def _commit(
        self,
        vms: tuple[Row, ...],
        told: tuple[Event, ...],
        intents: tuple[Intent, ...],
        vdss: tuple[Row, ...] = (),
    ) -> int:
        self._number += 1
        commit = Commit(self._number, self._number, vdss, vms, told, (), intents)
        cursor = self.repository.commit(commit, self.clock.wall())
        if self.sinks is not None:
            self.sinks.committed()
        return cursor

    def start(self, *tables: Table) -> list[Delivery]:
        """The sinks of a configuration, each with `recorder` for its receiver."""
        self.sinks = Sinks(self.clock, tables, lambda written: written)
        self.sinks.join(self.repository)
        self.sinks.start()
        return self.sinks.deliveries

    def run(self, secs: float = 5.0) -> None:
        self.clock.run(until=self.clock.now() + secs)

    def die(self) -> None:
        """As by kill -9: nothing more is kept, nor told."""
        assert self.sinks is not None
        for delivery in self.sinks.deliveries:
            assert delivery._task is not None
            delivery._task.kill()
            delivery.feed.close()
        if self.sinks._looking is not None:
            self.sinks._looking.kill()
        self.sinks = None


def table(name: str = "hook", source: str = "events", wired: Any = None, **more: Any) -> Table:
    given = {"retry_secs": 1.0, **more}
    return Table(name, SinkSettings(**{"kind": "recorder", "from": source, **given}), wired)


@pytest.fixture
def recorders(monkeypatch: pytest.MonkeyPatch) -> dict[str, Recorder]:
    """The recorder of each sink, by name; made when it is asked for."""
    made: dict[str, Recorder] = {}

    class Kind:
        @staticmethod
        def open(name: str, _settings: SinkSettings) -> Sink:
            return made.setdefault(name, Recorder())

    monkeypatch.setattr("vurti.sinks.sinks.kind_named", lambda _name: Kind)
    return made


@pytest.fixture
def bench(recorders: dict[str, Recorder]) -> Iterator[Bench]:
    one = Bench()
    recorders["hook"] = one.recorder
    yield one
    if one.sinks is not None:
        one.clock.spawn(one.sinks.close)
        one.run(20)
    assert not one.clock.errors
    one.repository.close()


Start = Callable[..., list[Delivery]]
