"""where, changed, set, split and merge: what they let pass, and what they make of it."""

import pytest

from vurti.events import (
    Event,
    VmJoinedScope,
    VmKnown,
    VmLeftScope,
    VmRemoved,
    VmStateChanged,
    event,
)
from vurti.streams.derived import labelled, summed
from vurti.streams.operators import changed, merge, set, split, where
from vurti.testing import marbles, vds, vm
from vurti.wire.ndjson import line, severity


def test_where_asks_what_is_known_when_the_event_comes(letters: dict[str, Event]) -> None:
    class Around:
        def facts(self, vm: str) -> None:
            return None

        def cluster(self, host: str) -> str:
            return "east" if m.clock.now() > 2 else "west"

    one = event(vm("v", "Up", run_on="alpha"), vm("v", "Down"))
    with marbles() as m:
        asked = m.hot("-d-d-|", d=one).pipe(where("cluster == 'east'", Around()))
        m.expect(asked, "---d-|", d=one)


def test_changed_looks_at_both_ends_of_added_and_removed_things(letters: dict[str, Event]) -> None:
    known, gone = VmKnown(after=vm("vm1")), VmRemoved(before=vm("vm1", "Down"))
    letters |= {"k": known, "g": gone}
    with marbles() as m:
        m.expect(m.hot("-k-d-g-|", **letters).pipe(changed(["status"])), "-k-d-g-|", **letters)
        m.expect(m.hot("-k-d-g-|", **letters).pipe(changed(["exit_reason"])), "-k-----|", **letters)


def test_a_vm_that_goes_on_in_another_scope_has_not_changed() -> None:
    one = vm("vm1", "Up", run_on="alpha")
    letters = {"l": VmLeftScope(before=one), "j": VmJoinedScope(after=one)}
    with marbles() as m:
        m.expect(m.hot("-l-j-|", **letters).pipe(changed(["status", "run_on"])), "-----|")


def test_changed_refuses_a_part_that_no_state_has() -> None:
    with pytest.raises(ValueError, match="changed: there is no 'statsu'"):
        changed(["statsu"])


def test_what_is_set_is_in_the_line_of_the_event_and_rules_its_severity() -> None:
    one = event(vds("alpha", "Up"), vds("alpha", "Down"), id="s.1.n.alpha.4")
    assert one is not None
    with marbles() as m:
        told = m.hot("-a|", a=one).pipe(set({"team": "night", "page": True}, severity="error"))
        put = labelled(one, {"team": "night", "page": True, "severity": "error"})
        m.expect(told, "-b|", b=put)
    assert severity(put) == "error"
    assert '"labels":{"team":"night","page":true,"severity":"error"}' in line(put, None)
    assert '"severity":"error"' in line(put, None)


def test_contract_7_an_event_with_other_content_has_another_id() -> None:
    one = VmStateChanged(id="s.1.n.v.4", before=vm("v"), after=vm("v", "Down"))
    night, day = labelled(one, {"team": "night"}), labelled(one, {"team": "day"})
    assert len({one.id, night.id, day.id}) == 3
    assert labelled(one, {"team": "night"}).id == night.id
    assert labelled(night, {"team": "night"}) is night
    assert labelled(one, {"page": 1}).id != labelled(one, {"page": True}).id
    up = VmStateChanged(id="s.1.n.v.5", before=vm("v", "Down"), after=vm("v", "Paused"))
    total = summed(one, up)
    assert total is not None
    assert total.id not in (one.id, up.id)
    assert summed(one, up) == total
    assert summed(night, up) != total


def test_what_is_set_stays_on_a_sum() -> None:
    one = labelled(VmStateChanged(before=vm("v"), after=vm("v", "Down")), {"a": 1, "b": 1})
    two = labelled(VmStateChanged(before=vm("v", "Down"), after=vm("v", "Paused")), {"b": 2})
    total = summed(one, two)
    assert total is not None
    assert dict(total.labels) == {"a": 1, "b": 2}


def test_split_gives_each_event_to_just_one_part(letters: dict[str, Event]) -> None:
    into = {"down": "status == 'Down'", "vm1": "vm == 'vm1'"}
    with marbles() as m:
        changes = m.hot("-d-u-D-U-|", **letters)
        m.expect(changes.pipe(split(into, which="down")), "-d---D---|", **letters)
        m.expect(changes.pipe(split(into, which="vm1")), "---u-----|", **letters)
        m.expect(changes.pipe(split(into, which="rest")), "-------U-|", **letters)
        m.expect(changes.pipe(split(into)), "-d-u-D-U-|", **letters)
    with pytest.raises(ValueError, match="no part 'x'; there are down, vm1, rest"):
        split(into, which="x")


def test_merge_ends_with_the_last_and_fails_with_the_first(letters: dict[str, Event]) -> None:
    with marbles() as m:
        one, two = m.hot("-d-|", **letters), m.hot("---D--|", **letters)
        m.expect(one.pipe(merge(two)), "-d-D--|", **letters)
    with marbles() as m:
        one, two = m.hot("-d-#", **letters), m.hot("---D--|", **letters)
        m.expect(one.pipe(merge(two)), "-d-#", **letters)
