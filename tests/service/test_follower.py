"""Who follows a run's log by `--events` goes on where a failing store had stopped it."""

import io
from pathlib import Path

import pytest

from vurti.clock.virtual_clock import VirtualClock
from vurti.errors import StoreError
from vurti.events import event
from vurti.model import Row, Vm, VmStatus
from vurti.model.commit import Commit
from vurti.repository import open_repository
from vurti.service.follower import Follower


def added(number: int) -> Commit:
    vm = Vm(f"vm{number}", status=VmStatus.UP)
    told = event(None, vm, id=f"e{number}", seq=1, seq_first=1)
    assert told is not None
    return Commit(number, number, (), (Row(vm, 1),), (told,))


def test_events_that_cannot_be_read_for_a_while_are_written_once_they_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, out, url = VirtualClock(), io.StringIO(), f"sqlite:///{tmp_path / 'v.db'}"
    with open_repository(url, "system", clock.worker()) as store:
        store.start()
        follower = Follower(clock, url, lambda logged: logged.event.id, out)
        read, asked = follower._logs.read, []

        def failing(limit: int) -> object:
            asked.append(clock.now())
            if len(asked) < 4:
                raise StoreError("the server is away")
            return read(limit)

        monkeypatch.setattr(follower._logs, "read", failing)
        for number in (1, 2):
            store.commit(added(number))
        follower.wake()
        clock.sleep_until(clock.now() + 10)
        assert out.getvalue() == "e1\ne2\n"
        store.commit(added(3))
        follower.wake()
        follower.close()
    assert out.getvalue() == "e1\ne2\ne3\n"
    assert len(asked) < 12  # it waits between its attempts


def test_a_file_that_takes_no_more_ends_it_and_is_told_of(tmp_path: Path) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    clock, url = VirtualClock(), f"sqlite:///{tmp_path / 'v.db'}"
    with open_repository(url, "system", clock.worker()) as store:
        store.start()
        follower = Follower(clock, url, lambda logged: logged.event.id, Full())
        store.commit(added(1))
        follower.wake()
        clock.sleep_until(clock.now() + 1)
        assert follower.reader_gone
        follower.close()
    assert clock.errors == []
