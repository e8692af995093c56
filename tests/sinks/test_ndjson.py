"""A file that only grows by whole lines, whatever happens to it or to us."""

import io
import os
import stat
from pathlib import Path

import pytest

from vurti.sinks import Item, Later, Over, Taken, kind_named
from vurti.sinks.ndjson import FileSink, NdjsonSettings, StreamSink


def item(n: int) -> Item:
    line = f'{{"id":"{n}"}}'
    return Item(str(n), "VmAdded", f"vm/{n}", "system", "events", n, 0.0, 0.0, line)


def sink(path: Path, **more: object) -> FileSink:
    return FileSink(path, NdjsonSettings.model_validate({"from": "events", "path": path, **more}))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.ndjson"


def lines(path: Path) -> list[str]:
    text = path.read_text()
    assert not text or text.endswith("\n")
    return text.splitlines()


@pytest.mark.parametrize("fsync", ["batch", "never"])
def test_lines_are_appended_to_a_file_that_is_made_where_there_is_none(path, fsync) -> None:
    path.write_text('{"id":"old"}\n')
    one = sink(path, fsync=fsync)
    assert one.send([item(1), item(2)]) == Taken()
    assert one.send([item(3)]) == Taken()
    one.close()
    assert lines(path) == ['{"id":"old"}', '{"id":"1"}', '{"id":"2"}', '{"id":"3"}']


def test_a_file_that_it_makes_has_the_permissions_that_were_told(path, tmp_path) -> None:
    before = os.umask(0)
    try:
        one = sink(path)
        one.send([item(1)])
        one.close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_file_that_was_moved_away_is_made_anew(path: Path, tmp_path: Path) -> None:
    one = sink(path)
    one.send([item(1)])
    path.rename(tmp_path / "events.1")
    one.send([item(2)])
    path.unlink()
    one.send([item(3)])
    one.close()
    assert lines(tmp_path / "events.1") == ['{"id":"1"}']
    assert lines(path) == ['{"id":"3"}']


def test_a_file_that_was_cut_to_nothing_goes_on(path: Path) -> None:
    one = sink(path)
    one.send([item(1)])
    os.truncate(path, 0)  # logrotate's copytruncate
    one.send([item(2)])
    one.close()
    assert lines(path) == ['{"id":"2"}']


def test_half_a_line_that_a_death_left_is_removed_and_told_again(path: Path) -> None:
    path.write_text('{"id":"1"}\n{"id":"2","na')
    one = sink(path)
    one.send([item(2)])
    one.close()
    assert lines(path) == ['{"id":"1"}', '{"id":"2"}']


def test_half_a_first_line_too(path: Path) -> None:
    path.write_text('{"id":')
    one = sink(path)
    one.send([item(1)])
    one.close()
    assert lines(path) == ['{"id":"1"}']


def test_a_full_disk_leaves_whole_lines_and_is_waited_for(path: Path, monkeypatch) -> None:
    one = sink(path)
    one.send([item(1)])
    written = os.write

    def full(file: int, data: memoryview) -> int:
        written(file, data[:5])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    assert one.send([item(2), item(3)]) == Later(f"{path}: No space left on device")
    monkeypatch.setattr(os, "write", written)
    assert lines(path) == ['{"id":"1"}']
    assert one.send([item(2), item(3)]) == Taken()
    one.close()
    assert lines(path) == ['{"id":"1"}', '{"id":"2"}', '{"id":"3"}']


def test_a_directory_that_is_not_there_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "later" / "events.ndjson"
    one = sink(path)
    assert one.send([item(1)]) == Later(f"{path}: No such file or directory")
    path.parent.mkdir()
    assert one.send([item(1)]) == Taken()
    one.close()
    assert lines(path) == ['{"id":"1"}']


def test_a_stream_gets_each_batch_at_once() -> None:
    out = io.StringIO()
    assert StreamSink(out).send([item(1), item(2)]) == Taken()
    assert out.getvalue() == '{"id":"1"}\n{"id":"2"}\n'


def test_a_stream_that_nobody_reads_any_more_ends_its_sink() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    out = os.fdopen(writing, "w", closefd=False)
    assert isinstance(StreamSink(out).send([item(1)]), Over)
    with pytest.raises(BrokenPipeError):  # what it still holds cannot be written
        out.close()
    os.close(writing)
    closed = io.StringIO()
    closed.close()
    assert isinstance(StreamSink(closed).send([item(1)]), Over)


def test_without_a_path_it_is_stdout() -> None:
    kind = kind_named("ndjson")
    made = kind.open("x", NdjsonSettings.model_validate({"from": "events"}))
    assert isinstance(made, StreamSink)
