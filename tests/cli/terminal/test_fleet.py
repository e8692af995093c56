"""The fleet as a fold of a snapshot and events."""

from tests.cli.terminal.telling import NOW, ages, host, snapshot, told, vm
from vurti.cli.terminal.fleet import Fleet


def fleet() -> Fleet:
    known = Fleet()
    known.begin([snapshot([host("a"), host("b")], [vm("v", "a"), vm("w", "a")])])
    known.heard(ages("a", "b"))
    return known


def on(known: Fleet, host: str | None) -> set[str]:
    return {one.id for one in known.on(host)}


def test_a_vm_that_migrates_is_on_the_host_that_it_went_to() -> None:
    known = fleet()
    known.apply(
        told("VmMigrated", "v", "MigratingFrom", "Up", host="b", origin="a", to="b",
             run_on="b")
    )  # fmt: skip
    assert (on(known, "a"), on(known, "b")) == ({"w"}, {"v"})


def test_a_vm_that_ends_is_on_no_host_and_its_reason_is_told() -> None:
    known = fleet()
    known.apply(
        told("VmStateChanged", "v", "Up", "Down", host="a", run_on=None,
             exit_status="Error", reason="its process is gone", at=NOW + 5)
    )  # fmt: skip
    ended = known.vms["v"]
    assert (ended.run_on, ended.why, ended.since) == (None, "its process is gone", NOW + 5)
    assert known.look(ended, NOW).word == "Down, error"


def test_what_changes_besides_the_state_does_not_change_since_when_it_is_so() -> None:
    known = fleet()
    known.apply(told("VmStateChanged", "v", "Up", "Up", run_on="a", at=NOW))
    assert (known.vms["v"].since, known.vms["v"].seq) == (NOW - 60, 2)


def test_an_event_that_is_older_than_what_is_known_changes_nothing() -> None:
    known = fleet()
    known.apply(told("VmStateChanged", "v", "Up", "Paused", run_on="a", seq=5))
    known.apply(told("VmStateChanged", "v", "Paused", "Up", run_on="a", seq=4))
    assert known.vms["v"].status == "Paused"


def test_what_was_forgotten_does_not_come_back_by_the_log_of_another_scope() -> None:
    known = fleet()
    known.apply(told("VmRemoved", "v", "Down", None, seq=7))
    known.apply(told("VmJoinedScope", "v", "Up", "Up", run_on="b", seq=6))
    assert "v" not in known.vms
    known.apply(told("VmAdded", "v", None, "Up", run_on="b", seq=8))
    assert on(known, "b") == {"v"}


def test_a_vm_that_crosses_scopes_stays_whichever_log_is_read_first() -> None:
    joined = told("VmJoinedScope", "v", "Up", "Up", run_on="b", seq=3)
    left = told("VmLeftScope", "v", "Up", None, host="a", seq=2)
    for order in ([joined, left], [left, joined]):
        known = fleet()
        for event in order:
            known.apply(event)
        assert known.vms["v"].run_on == "b"


def test_of_a_vm_that_is_in_two_snapshots_the_newer_state_counts() -> None:
    known = Fleet()
    known.begin([
        snapshot([host("a")], [vm("v", "a", "Paused", seq=9)]),
        snapshot([host("b")], [vm("v", "b", seq=8)]),
    ])  # fmt: skip
    assert (known.vms["v"].status, on(known, "a"), on(known, "b")) == ("Paused", {"v"}, set())


def test_a_host_that_was_not_heard_for_too_long_is_stale_and_so_are_its_vms() -> None:
    known = fleet()
    for old, word in ((4.0, "Up"), (4.1, "slow"), (9.0, "slow"), (9.1, "stale"), (None, "stale")):
        known.heard(ages("a", old=old))
        assert known.look(known.hosts["a"], NOW).word == word
        assert known.look(known.vms["v"], NOW).word == ("stale" if word == "stale" else "Up")
    assert known.look(known.hosts["b"], NOW).word == "Up"


def test_a_host_that_takes_longer_than_a_beat_to_answer_is_slow() -> None:
    known = fleet()
    known.heard(ages("a", took=2.1))
    assert known.look(known.hosts["a"], NOW).word == "slow"


def test_a_host_that_is_back_was_just_heard() -> None:
    known = fleet()
    known.heard(ages("a", old=60.0))
    known.apply(told("VdsStateChanged", "a", "Connecting", "Up", at=NOW + 1))
    assert known.look(known.hosts["a"], NOW + 1).word == "Up"


def test_ages_of_hosts_that_are_not_well_do_not_count_against_who_asks_them() -> None:
    known = fleet()
    known.heard(ages("a", old=60.0))
    assert known.ages() == [1.0, 60.0]
    known.apply(told("VdsStateChanged", "a", "Up", "NonResponsive"))
    assert known.ages() == [1.0]


def test_where_nobody_tells_how_old_the_truth_is_it_is_stale_soon() -> None:
    known = fleet()
    assert known.look(known.hosts["a"], NOW + 15).word == "Up"
    assert known.look(known.hosts["a"], NOW + 15.1).word == "stale"


def test_what_is_bad_stays_bad_however_stale_it_is() -> None:
    known = fleet()
    known.apply(told("VdsStateChanged", "a", "Up", "NonResponsive", cluster="east"))
    assert known.look(known.hosts["a"], NOW + 1000).word == "NonResponsive"


def test_while_nobody_tells_nothing_is_well() -> None:
    known = fleet()
    known.blind = True
    things = [*known.hosts.values(), *known.vms.values()]
    assert {known.look(one, NOW).tone for one in things} == {"stale"}


def test_after_a_new_snapshot_why_a_host_is_as_it_is_and_when_it_was_heard_is_still_known() -> None:
    known = fleet()
    known.apply(told("VdsStateChanged", "a", "Up", "NonResponsive", reason="no answer", at=NOW))
    known.begin([snapshot([host("a", "NonResponsive", seq=2)], [])])
    assert (known.hosts["a"].why, known.hosts["a"].heard_at) == ("no answer", NOW - 1)
    known.begin([snapshot([host("a", "Up", seq=3)], [])])
    assert known.hosts["a"].why == ""


def test_a_status_of_a_newer_vurti_is_shown_as_neither_good_nor_bad() -> None:
    known = fleet()
    known.apply(told("VmStateChanged", "v", "Up", "Levitating", host="a"))
    look = known.look(known.vms["v"], NOW)
    assert (look.word, look.tone) == ("Levitating", "faint")
