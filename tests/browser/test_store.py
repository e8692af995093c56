"""The fleet in the browser: kept by events, counted right, never green where nothing is heard."""

from typing import Any

import pytest

from tests.browser.modules import Modules

pytestmark = pytest.mark.chromium
STORE = """
const { Store } = await load("store.js");
const store = new Store();
const [snapshot, events] = args;
store.reset([snapshot]);
for (const event of events ?? []) store.apply(event);
const host = (id) => store.hosts.get(id);
const vm = (id) => store.vms.get(id);
const held = (id) => [...host(id).vms].map((one) => one.id).sort();
"""
WHEN = {"observed_at": "2026-01-01T00:00:05.000Z", "committed_at": "2026-01-01T00:00:05.200Z"}


def host_of(name: str, status: str = "Up", cluster: str = "east") -> dict[str, Any]:
    state = {"id": name, "cluster": cluster, "status": status, "reason": "NONE"}
    return state | {"observed_at": 1.0, "maintenance_until": None, "seq": 3}


def vm_of(name: str, host: str | None = "a", status: str = "Up", **more: Any) -> dict[str, Any]:
    state = {"id": name, "name": name, "status": status, "run_on": host, "migrating_to": None}
    ends = {"pause_status": "NONE", "exit_status": None, "observed_at": 1.0, "seq": 3}
    return state | ends | more


def event(vm: str, after: str | None, seq: int = 4, **more: Any) -> dict[str, Any]:
    told = {"kind": "VmStateChanged", "vm": vm, "name": vm, "host": "a", "seq": seq}
    return told | {"before": "Up", "after": after, "reason": "as told", **WHEN, **more}


def snapshot(*vms: dict[str, Any]) -> dict[str, Any]:
    return {"cursor": 1, "at": 1.0, "hosts": [host_of("a"), host_of("b", cluster="west")],
            "vms": list(vms)}  # fmt: skip


def test_a_vm_goes_where_the_event_says_and_its_old_host_has_it_no_more(page: Modules) -> None:
    moved = event("v", "Up", kind="VmMigrated", run_on="b", **{"from": "a", "to": "b"})
    told = page.run(
        STORE + "return [held('a'), held('b'), vm('v').since];", snapshot(vm_of("v")), [moved]
    )
    assert told == [[], ["v"], 1767225605.0]


def test_what_is_known_already_changes_nothing(page: Modules) -> None:
    old = [event("v", "Down", seq=3), event("v", "Paused", seq=2)]
    told = page.run(
        STORE + "return [vm('v').status, Object.fromEntries(store.faces)];",
        snapshot(vm_of("v")),
        old,
    )
    assert told == ["Up", {"Up": 1}]


def test_what_comes_and_goes_is_counted_by_its_face(page: Modules) -> None:
    events = [
        event("v", "Down", exit_status="Error", seq=4),
        event("w", "Paused", pause_status="EIO", run_on="a", seq=1, kind="VmAdded", before=None),
        event("x", "Paused", pause_status="NOERR", run_on="a", seq=1, kind="VmAdded", before=None),
        event("u", None, kind="VmRemoved"),
    ]
    told = page.run(
        STORE + """const faces = [...store.faces].filter(([, n]) => n).sort();
        const troubled = [...store.troubled].map((one) => one.id).sort();
        return [faces, troubled, host('a').troubles, held('a')];""",
        snapshot(vm_of("v"), vm_of("u")), events,
    )  # fmt: skip
    faces = [["Crashed", 1], ["Paused", 1], ["PausedByError", 1]]
    assert told == [faces, ["v", "w"], 1, ["w", "x"]]


def test_a_vm_that_goes_on_in_another_scope_stays_in_sight(page: Modules) -> None:
    left = event("v", None, kind="VmLeftScope", seq=4)
    joined = event("v", "Up", kind="VmJoinedScope", seq=5, run_on="b", before=None)
    for events in ([left], [left, joined], [joined, left]):
        assert page.run(STORE + "return vm('v') !== undefined;", snapshot(vm_of("v")), events)
    assert page.run(STORE + "return held('b');", snapshot(vm_of("v")), [joined, left]) == ["v"]


def test_since_when_is_since_the_status_and_not_since_the_last_word(page: Modules) -> None:
    again = event("v", "Paused", seq=5, run_on="a", changed=["guest"],
                  observed_at="2026-01-01T00:09:00.000Z")  # fmt: skip
    paused = event("v", "Paused", seq=4, run_on="a")
    told = page.run(
        STORE + "return [vm('v').since, vm('v').why];", snapshot(vm_of("v")), [paused, again]
    )
    assert told == [1767225605.0, "as told"]


def test_a_host_that_changes_its_cluster_is_in_the_new_one_alone(page: Modules) -> None:
    moved = {
        "kind": "VdsStateChanged",
        "host": "a",
        "cluster": "west",
        "seq": 9,
        "before": "Up",
        "after": "Up",
        **WHEN,
    }
    told = page.run(
        STORE + """const ids = (hosts) => hosts.map((one) => one.id).sort();
        return [...store.clusters].map(([name, hosts]) => [name, ids(hosts)]);""",
        snapshot(), [moved],
    )  # fmt: skip
    assert told == [["west", ["a", "b"]]]


def test_a_split_brain_is_told_until_it_is_over_and_after_the_page_was_opened_anew(
    page: Modules,
) -> None:
    told = page.run(
        STORE + """
        const hear = (split_brains) => store.heard({ ...args[2], items: [], split_brains }, 1, 4);
        const faces = [vm("v").face, vm("w").face];
        hear(["v"]); faces.push(vm("v").face, vm("w").face, host("a").troubles);
        hear([]); faces.push(vm("v").face, vm("w").face, store.troubled.size);
        return faces;""",
        snapshot(vm_of("v"), vm_of("w")),
        [event("w", "Up", kind="VmSplitBrainDetected", run_on="a")], AGES,
    )  # fmt: skip
    assert told == ["Up", "SplitBrain", "SplitBrain", "Up", 1, "Up", "Up", 0]


AGES = {"now": 0, "period_secs": 2, "target_secs": 4, "stale_secs": 9, "hosts": 2, "unheard": 0,
        "p50_secs": 1, "p95_secs": 1, "max_secs": 1, "split_brains": []}  # fmt: skip
STANDING = (
    STORE
    + """
const [items, status] = [args[2], args[3]];
if (status) host("a").status = status;
store.heard({ ...args[4], items }, 100, 4);
const at = (now) => store.standing(host("a"), now).key;
return [at(100), at(104), at(110)];
"""
)


@pytest.mark.parametrize(
    ("items", "status", "told"),
    [
        ([], None, ["ok", "ok", "stale"]),
        ([{"id": "a", "age_secs": 5.0, "took_secs": 0.1}], None, ["slow", "slow", "stale"]),
        ([{"id": "a", "age_secs": 1.0, "took_secs": 3.0}], None, ["slow", "slow", "stale"]),
        ([{"id": "a", "age_secs": 30.0, "took_secs": 5.0}], None, ["stale"] * 3),
        ([{"id": "a", "age_secs": None, "took_secs": 0.0}], None, ["stale"] * 3),
        ([{"id": "a", "age_secs": 30.0, "took_secs": 5.0}], "NonResponsive", ["unreachable"] * 3),
        ([], "Maintenance", ["maintenance"] * 3),
        ([], "Invented", ["unfit"] * 3),
    ],
)
def test_a_host_is_ok_only_while_it_is_heard(
    page: Modules, items: list[dict[str, Any]], status: str | None, told: list[str]
) -> None:
    """Also where nobody tells the page any ages any more: they grow by themselves."""
    assert page.run(STANDING, snapshot(), [], items, status, AGES) == told


def test_a_host_is_not_ok_for_long_where_no_age_was_ever_told(page: Modules) -> None:
    told = page.run(
        STORE
        + """const now = performance.now() / 1000;
        return [store.standing(host("a"), now).key, store.standing(host("a"), now + 10).key];""",
        snapshot(),
    )
    assert told == ["ok", "stale"]


def test_listeners_are_told_once_a_frame_however_much_comes(page: Modules) -> None:
    told = page.run(
        STORE + """
        const told = [];
        await new Promise((done) => setTimeout(done, 100));
        store.listen((changes) => told.push([changes.events, [...changes.vms]]));
        for (let seq = 10; seq < 30; seq += 1) store.apply({ ...args[1][0], seq });
        await new Promise((done) => setTimeout(done, 200));
        return told;""",
        snapshot(vm_of("v")), [event("v", "Paused", run_on="a")],
    )  # fmt: skip
    assert told == [[20, ["v"]]]
