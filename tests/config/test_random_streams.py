"""Random streams: what is accepted is built and runs by the rules, what is not names a place."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vurti.clock.virtual_clock import VirtualClock
from vurti.config.streams import streams_of
from vurti.errors import Complaint
from vurti.events import Event, event
from vurti.model import Vds, VdsStatus, Vm, VmStatus
from vurti.settings import Tree
from vurti.streams.bulkhead import LiveStream, PollStream
from vurti.streams.catalog import CATALOG
from vurti.streams.chain import build, ends, read
from vurti.streams.definition import Definition, names_of
from vurti.streams.flow import RAW, Flow, Stage, joined
from vurti.streams.named import NamedStreams
from vurti.streams.steps import StepSettings
from vurti.testing.tck import ALWAYS, BEHIND_STREAMS, WHOLE, check_operator, check_stream, steps

STEPS = {name: entry for name, entry in CATALOG.items() if not entry.written}
DRAWN = {name: steps(entry.settings) for name, entry in STEPS.items()}


@st.composite
def chains(
    draw: st.DrawFn, *, whole: bool = False, most: int = 4, begins: Stage = RAW
) -> tuple[StepSettings, ...]:
    """Chains in an order that is allowed; `whole`: of operators that leave nothing out."""
    stage, chain = begins, list[StepSettings]()
    for _ in range(draw(st.integers(0, most))):
        fitting = [
            name
            for name, entry in STEPS.items()
            if stage.flow in entry.takes and not (whole and entry.loses)
        ]
        if not fitting or (chain and STEPS[chain[-1].op].last):
            break
        name = draw(st.sampled_from(fitting))
        chain.append(draw(DRAWN[name]))
        stage = stage.after(name, STEPS[name].gives)
    return tuple(chain)


def raw(chain: tuple[StepSettings, ...]) -> list[dict[str, Any]]:
    """As configuration has it."""
    return [step.model_dump(mode="json", exclude_none=True) for step in chain]


@pytest.mark.slow
def test_every_chain_that_is_allowed_keeps_the_rules_of_all_operators() -> None:
    check_operator(chains().map(lambda chain: lambda: build(chain)), ALWAYS, examples=300)


@pytest.mark.slow
def test_every_chain_that_leaves_nothing_out_keeps_the_rules_of_such() -> None:
    made = chains(whole=True).map(lambda chain: lambda: build(chain))
    check_operator(made, WHOLE, examples=200)


@pytest.mark.slow
def test_every_chain_that_is_allowed_keeps_them_behind_a_live_stream() -> None:
    made = chains(most=3).map(lambda chain: lambda: build(chain))
    check_stream(operator=made, rules=BEHIND_STREAMS, examples=60)


@given(chains())
def test_a_chain_in_an_allowed_order_has_no_flaw_and_reads_back_as_it_is(
    chain: tuple[StepSettings, ...],
) -> None:
    assert read(raw(chain)) == (chain, ())


@given(st.lists(st.one_of(*DRAWN.values()), max_size=5))
def test_any_other_order_is_told_at_the_first_step_that_cannot_stand_there(
    chain: list[StepSettings],
) -> None:
    _, flaws = read(raw(tuple(chain)))
    stage, last = RAW, ""
    wrong = []
    for index, step in enumerate(chain):
        entry = STEPS[step.op]
        if last or stage.flow not in entry.takes:
            wrong.append(index)
        stage = stage.after(step.op, entry.gives)
        last = last or (step.op if entry.last else "")
    assert [(flaw.index, flaw.key) for flaw in flaws] == [(index, "op") for index in wrong]
    assert all(flaw.message for flaw in flaws)


NAMES = ("one", "two", "three")
SOURCES = ("vms", "hosts", "polls", *NAMES, "one.down", "two.rest", "none")
SPLIT = {"op": "split", "into": {"down": "status == 'Down'"}}
TABLES = st.fixed_dictionaries(
    {
        "from": st.one_of(st.sampled_from(SOURCES), st.lists(st.sampled_from(SOURCES), max_size=3)),
        "chain": st.one_of(
            chains(most=2).map(raw),
            st.lists(st.one_of(*DRAWN.values()), max_size=3).map(lambda c: raw(tuple(c))),
            chains(most=1).map(lambda chain: [*raw(chain), SPLIT]),
        ),
    }
)
STREAMS = st.dictionaries(st.sampled_from(NAMES), TABLES, max_size=3)


@st.composite
def good_streams(draw: st.DrawFn) -> dict[str, Any]:
    """Streams that are made of others that stand before them, or of their parts."""
    stages = {root: Stage(Flow.UNBROKEN, root, frozenset({root})) for root in ("vms", "hosts")}
    tables: dict[str, Any] = {}
    for name in draw(st.permutations(NAMES))[: draw(st.integers(1, 3))]:
        sources = draw(st.lists(st.sampled_from(sorted(stages)), min_size=1, unique=True))
        begins = joined([(source, stages[source]) for source in sources])
        chain = raw(draw(chains(most=2, begins=begins)))
        tables[name] = {"from": sources, "chain": chain}
        stages[name] = ends(chain, begins)
        if chain and chain[-1]["op"] == "split":
            parts = (*chain[-1]["into"], chain[-1]["rest"])
            broken = stages[name].after("split", Flow.BROKEN)
            stages.update({f"{name}.{part}": broken for part in parts})
    return tables


def accepted(tables: dict[str, Any]) -> tuple[dict[str, Definition], list[Complaint]]:
    complaints: list[Complaint] = []
    made = streams_of(Tree(Path("vurti.toml"), {"streams": tables}), complaints)
    return {one.name: one.definition for one in made}, complaints


def flap(number: int) -> Event:
    """Two VMs and a host that go down and come up in turn."""
    of, ups = number % 3, number // 3 % 2 == 1
    if of == 2:
        pair = (Vds("h", status=VdsStatus.UP), Vds("h", status=VdsStatus.DOWN))
    else:
        pair = (Vm(f"v{of}", status=VmStatus.UP), Vm(f"v{of}", status=VmStatus.DOWN))
    made = event(*(reversed(pair) if ups else pair))
    assert made is not None
    return made


@given(STREAMS)
def test_streams_are_accepted_or_each_mistake_names_its_key(tables: dict[str, Any]) -> None:
    made, complaints = accepted(tables)
    assert complaints or list(made) == list(tables)
    for one in complaints:
        table, _, key = one.key.removeprefix("streams.").partition(".")
        assert table in tables
        assert key.startswith(("from", "chain["))
        assert one.what


@settings(max_examples=150, deadline=None)
@given(good_streams(), good_streams())
def test_streams_in_an_allowed_order_run_over_any_reload(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    (past, wrong), (now, wrong_now) = accepted(first), accepted(second)
    assert wrong == wrong_now == []
    clock = VirtualClock()
    vms, hosts = LiveStream(clock, name="vms"), LiveStream(clock, name="hosts")
    roots = {"vms": vms, "hosts": hosts, "polls": PollStream(clock, name="polls")}
    still = Definition(("vms", "hosts"))
    streams = NamedStreams(clock, roots, {**past, "still": still})
    heard: dict[str, list[Any]] = {name: [] for name in (*names_of(past), "still")}
    for name, items in heard.items():
        streams[name].subscribe(items.append)
    said: list[Event] = []
    for number in range(24):
        said.append(flap(number))
        (hosts if number % 3 == 2 else vms).emit(said[-1])
        if number % 4 == 3:
            clock.run(until=clock.now() + 0.7)
        if number % 6 == 5:
            streams.reload({**(now if number % 12 == 5 else past), "still": still})
    clock.run(until=clock.now() + 2000)
    assert sorted(map(repr, heard["still"])) == sorted(map(repr, said))
    assert clock.errors == []
    assert streams.limits.errors == 0
    assert {line.stream for line in streams.lines} <= {*past, *now, "still"}
