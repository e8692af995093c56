"""Files that change while vurti runs: what is used, what is refused, and what is said of it."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from loguru import logger

from vurti.config import load_config
from vurti.config.resolved import resolved
from vurti.config.trial import ENDED, Trial
from vurti.decide import Rules
from vurti.inventory import Failed, Listed, Unchanged
from vurti.streams.definition import Definitions
from vurti.streams.named import Difference
from vurti.streams.poll_settings import PollSettings

FIRST = """
[hosts.a]
url = "sim://a"
[streams.quiet]
from = "vms"
chain = [{ op = "settle", secs = 5 }]
"""


class Reloaded:
    """A configuration's files, and what is applied of them."""

    def __init__(self, directory: Path, text: str) -> None:
        self.file = directory / "vurti.toml"
        self.lines: list[str] = []
        self.applied: list[tuple[Definitions, Rules, PollSettings]] = []
        self.trials: list[str] = []
        self.wrong = ""
        self.write(text)
        config = load_config(self.file)
        self.reloading = config.reloading(self._apply)
        self.files = self.reloading.files
        self.files._trial.close()  # type: ignore[union-attr] # another takes its place
        self.files._trial = self

    def write(self, text: str) -> None:
        self.file.write_text(text)
        os.utime(self.file, ns=(0, len(self.applied) * 10**9 + len(text)))

    def look(self) -> object:
        """Ask, and let the answer be dealt with."""
        outcome = self.files.ask()
        self.reloading.answered()
        return outcome

    def _apply(
        self, streams: Definitions, rules: Rules, poll: PollSettings, config: Any
    ) -> Difference:
        self.in_force = config
        self.applied.append((streams, rules, poll))
        return Difference(kept=("quiet",)) if "new" not in streams else Difference(added=("new",))

    def __call__(self) -> str:
        self.trials.append(self.file.read_text())
        return self.wrong

    def abort(self) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def reloaded(tmp_path: Path) -> Iterator[Callable[[str], Reloaded]]:
    made: list[Reloaded] = []
    sink = logger.add(lambda text: made[-1].lines.append(str(text).strip()), format="{message}")
    logger.enable("vurti")

    def make(text: str) -> Reloaded:
        made.append(Reloaded(tmp_path, text))
        return made[-1]

    yield make
    logger.remove(sink)
    logger.disable("vurti")


def test_streams_and_rules_count_at_once_and_the_rest_is_said_to_wait(
    reloaded: Callable[[str], Reloaded],
) -> None:
    one = reloaded(FIRST)
    assert one.look() == Unchanged()
    assert one.trials == []
    one.write(
        FIRST
        + "[streams.new]\nfrom = 'hosts'\n[rules]\ngrace_secs = 90\nintents = ['fence_host']\n"
        "[poll]\nstatus_secs = 1\nstatistics_secs = 20\n[repository]\nlog_days = 3\n"
        "[hosts.b]\nurl = 'sim://b'\n"
    )
    assert isinstance(one.look(), Listed)
    ((streams, rules, poll),) = one.applied
    assert list(streams) == ["quiet", "new"]
    assert (rules.grace_secs, rules.intents) == (90, ())
    assert (poll.status_secs, poll.statistics_secs) == (1, 15)
    told = {one.path: (one.value, one.origin) for one in resolved(one.in_force)}
    assert told["poll", "status_secs"] == (1, f"{one.file}:13")
    assert told["hosts", "b", "url"][0] == "sim://b"
    assert told["repository", "log_days"][0] != 3  # it waits
    assert one.lines == [
        "the configuration has changed; streams: 1 added ('new')",
        "the configuration has changed; hosts: 1 added ('b')",
        "the configuration has changed; rules: grace_secs 60 → 90",
        "the configuration has changed; poll: status_secs 2 → 1",
        "the configuration has changed; needs a restart to count: repository.log_days,"
        " rules.intents, poll.statistics_secs",
    ]


def test_what_waits_for_a_restart_is_said_until_it_is_as_it_was_at_the_start(
    reloaded: Callable[[str], Reloaded],
) -> None:
    one = reloaded(FIRST)
    one.write(FIRST + "[log]\nsummary_secs = 9\n")
    one.look()
    one.write(FIRST + "[log]\nsummary_secs = 9\n[vms.v]\n")
    one.look()
    one.write(FIRST)
    one.look()
    assert [line.partition("; ")[2] for line in one.lines] == [
        "needs a restart to count: log.summary_secs",
        "VMs: 1 added ('v')",
        "needs a restart to count: log.summary_secs",
        "VMs: 1 removed ('v')",
    ]


def test_polls_that_do_not_go_with_the_statistics_of_the_start_wait_for_a_restart(
    reloaded: Callable[[str], Reloaded],
) -> None:
    one = reloaded(FIRST)
    one.write(FIRST + "[poll]\nstatus_secs = 30\nstatistics_secs = 60\ntimeout_secs = 7\n")
    one.look()
    assert one.applied[0][2] == PollSettings()
    assert one.lines == [
        "the configuration has changed; needs a restart to count: poll.status_secs,"
        " poll.statistics_secs, poll.timeout_secs"
    ]


def test_a_sink_whose_stream_has_changed_is_said_to_wait_though_its_table_has_not(
    reloaded: Callable[[str], Reloaded],
) -> None:
    sink = '[sinks.{0}]\nkind = "ndjson"\nfrom = "{1}"\npath = "{0}"\n'
    behind = "[streams.behind]\nfrom = 'quiet'\n"
    text = FIRST + behind + sink.format("audit", "events") + sink.format("pager", "behind")
    one = reloaded(text)
    one.write(text.replace("secs = 5", "secs = 66"))
    one.look()
    assert [line.partition("; ")[2] for line in one.lines] == [
        "needs a restart to count: sinks.pager (its stream 'behind' has changed)"
    ]
    one.write(text.replace("secs = 5", "secs = 66").replace("path = ", "fsync = 'never'\npath = "))
    one.look()
    assert one.lines[-1].endswith(
        "needs a restart to count: sinks.audit.fsync, sinks.pager.fsync, sinks.pager (its stream"
        " 'behind' has changed)"
    )


def test_contract_17_a_bad_reload_leaves_the_old_one_running_and_tells_every_mistake(
    reloaded: Callable[[str], Reloaded],
) -> None:
    one = reloaded(FIRST)
    one.write(FIRST.replace("settle", "setle") + "[poll]\nstatus_sec = 1\n")
    assert isinstance(one.look(), Failed)
    assert one.applied == []
    assert one.trials == []
    assert [line.rpartition("vurti.toml:")[2] for line in one.lines[1:]] == [
        "6: streams.quiet.chain[0].op: there is no operator 'setle' (did you mean `settle`?)",
        "8: poll.status_sec: unknown key (did you mean `status_secs`?)",
    ]
    assert isinstance(one.look(), Failed)  # it is not read again, nor told, before it is written
    assert len(one.lines) == 3
    one.write(FIRST)
    assert one.look() == Unchanged()


def test_contract_17_one_that_fails_its_tests_in_the_other_process_is_not_used(
    reloaded: Callable[[str], Reloaded],
) -> None:
    one = reloaded(FIRST)
    one.wrong = "vurti.toml:9: FAILED: a test of it\n    expected  ---a"
    one.write(FIRST + "# otherwise\n[rules]\ngrace_secs = 3\n")
    assert one.look() == Failed("vurti.toml:9: FAILED: a test of it")
    assert one.applied == []
    assert one.lines == [
        "the changed configuration is not used, the one before stays:",
        "vurti.toml:9: FAILED: a test of it",
        "expected  ---a",
    ]
    one.look()
    assert len(one.trials) == 1
    one.wrong = ""
    one.write(FIRST + "[rules]\ngrace_secs = 4\n")
    one.look()
    assert [rules.grace_secs for _, rules, _ in one.applied] == [4]


def test_a_trial_that_was_ended_says_nothing_about_the_file(
    reloaded: Callable[[str], Reloaded],
) -> None:
    one = reloaded(FIRST)
    one.write(FIRST + "[rules]\ngrace_secs = 3\n")
    one.wrong = ENDED
    assert one.look() == Failed(ENDED)
    assert one.lines == []
    one.wrong = ""
    one.look()
    assert [rules.grace_secs for _, rules, _ in one.applied] == [3]


def test_one_that_is_written_while_it_is_tried_is_read_again(
    reloaded: Callable[[str], Reloaded], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = reloaded(FIRST)
    one.write(FIRST + "[rules]\ngrace_secs = 3\n")

    def write_more(self: Reloaded) -> str:
        self.trials.append("")
        if len(self.trials) == 1:
            self.write(FIRST + "[rules]\ngrace_secs = 44\n")
        return ""

    monkeypatch.setattr(Reloaded, "__call__", write_more)
    assert isinstance(one.look(), Failed)
    assert one.applied == []
    one.look()
    assert [rules.grace_secs for _, rules, _ in one.applied] == [44]


def test_who_asks_is_told_that_nothing_has_changed(reloaded: Callable[[str], Reloaded]) -> None:
    one = reloaded(FIRST)
    one.files.again()
    assert one.look() == Unchanged()
    assert one.lines == ["the configuration was read again: nothing has changed"]


def test_a_change_of_nothing_that_counts_is_said_to_be_one(
    reloaded: Callable[[str], Reloaded],
) -> None:
    one = reloaded(FIRST)
    one.write(FIRST + "# a word\n")
    assert one.look() == Unchanged()
    assert one.lines == []


def test_contract_19_no_value_of_what_needs_a_restart_is_told(
    reloaded: Callable[[str], Reloaded], tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("first")
    text = FIRST + '[inventory.x]\nurl = "http://x"\ntoken = "${file:token}"\n'
    one = reloaded(text)
    (tmp_path / "token").write_text("secret")
    one.files.again()
    one.look()
    assert [line.partition("; ")[2] for line in one.lines] == [
        "needs a restart to count: inventory.x.token"
    ]


@pytest.mark.slow
def test_a_trial_runs_the_tests_of_the_file_and_ends_when_its_time_is_over(tmp_path: Path) -> None:
    file = tmp_path / "vurti.toml"
    test = (
        "[[test]]\nstream = 'vms'\nwhy = 'so'\nin = '-u-|'\nout = '-x-|'\n"
        "where.u = { host = 'a', vms = { v = 'Up' } }\n"
        "where.x = { event = 'VmAdded', vm = 'v', after = 'STATUS' }\n"
    )
    good, bad, hasty = Trial(file, 60), Trial(file, 60), Trial(file, 0.01)
    file.write_text(FIRST + test.replace("STATUS", "Up"))
    assert good() == ""
    assert hasty() == "vurti check took longer than 0.01 s"
    file.write_text(FIRST + test.replace("STATUS", "Down"))
    assert "FAILED: so" in bad()
    bad.abort()  # nothing is under way: it is not meant for the next
    assert "FAILED: so" in bad()
    wait = threading.Timer(0.2, bad.abort)
    wait.start()
    assert bad() == ENDED
    wait.join()
    for one in (good, bad, hasty):
        one.close()
