"""What is worst comes first, and what is counted adds up."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.cli.terminal.telling import NOW, ages, host, snapshot, vm
from vurti.cli.terminal import looks
from vurti.cli.terminal.fleet import Fleet
from vurti.cli.terminal.worst import by_cluster, fits, natural, total, worst_hosts, worst_vms
from vurti.model import VdsStatus, VmStatus

HOSTS = st.lists(
    st.tuples(
        st.sampled_from(list(VdsStatus)), st.sampled_from(["east", "west", ""]), st.booleans(),
        st.lists(st.sampled_from(list(VmStatus)), max_size=4),
    ),
    max_size=8,
)  # fmt: skip


def fleet(given: list[tuple[str, str, bool, list[VmStatus]]]) -> Fleet:
    known = Fleet()
    hosts = [
        host(f"h{n}", status, cluster=cluster) for n, (status, cluster, *_) in enumerate(given)
    ]
    vms = [
        vm(f"v{n}-{m}", f"h{n}", status) for n, one in enumerate(given)
        for m, status in enumerate(one[3])
    ]  # fmt: skip
    known.begin([snapshot(hosts, [*vms, vm("off", None, "Down")])])
    for n, one in enumerate(given):
        known.heard(ages(f"h{n}", old=100.0 if one[2] else 1.0))
    return known


@given(HOSTS)
def test_no_host_and_no_vm_is_before_one_that_is_worse(
    given: list[tuple[str, str, bool, list[VmStatus]]],
) -> None:
    known = fleet(given)
    for found in (worst_hosts(known, NOW), worst_vms(known, known.vms.values(), NOW)):
        ranks = [known.look(one, NOW).rank for one in found]
        assert ranks == sorted(ranks)
    assert len(worst_hosts(known, NOW)) == len(given)
    assert len(worst_vms(known, known.vms.values(), NOW)) == len(known.vms)


@given(HOSTS)
def test_the_counts_of_all_clusters_are_those_of_the_fleet(
    given: list[tuple[str, str, bool, list[VmStatus]]],
) -> None:
    known = fleet(given)
    told = total(by_cluster(known, NOW).values())
    for counts, things in ((told.hosts, known.hosts), (told.vms, known.vms)):
        seen = [known.look(one, NOW) for one in things.values()]
        assert {look: count for look, count in counts.items() if count} == {
            look: seen.count(look) for look in set(seen)
        }


def test_among_equals_the_latest_comes_first_and_the_well_ones_by_name() -> None:
    known = Fleet()
    known.begin([
        snapshot([
            host("h10"), host("h9"), host("old", "NonResponsive", observed_at=NOW - 90),
            host("new", "NonResponsive", observed_at=NOW - 9),
        ], [])
    ])  # fmt: skip
    known.heard(ages(*known.hosts))
    assert [one.id for one in worst_hosts(known, NOW)] == ["new", "old", "h9", "h10"]


def test_all_words_of_a_search_must_fit_in_whatever_case() -> None:
    known = fleet([("Up", "east", False, [VmStatus.PAUSED, VmStatus.UP]), ("Up", "west", True, [])])
    assert [one.id for one in worst_hosts(known, NOW, ["east"])] == ["h0"]
    assert [one.id for one in worst_hosts(known, NOW, ["h1", "east"])] == []
    assert [one.id for one in worst_vms(known, known.vms.values(), NOW, ["paused"])] == ["v0-0"]
    assert fits(["straße".casefold()], "STRASSE")


@given(st.lists(st.text(max_size=6)))
def test_any_names_have_an_order(names: list[str]) -> None:
    ordered = sorted(names, key=natural)
    assert all(natural(one) <= natural(next_) for one, next_ in pairwise(ordered))


def test_numbers_in_names_count_as_numbers() -> None:
    assert sorted(["a10", "a9", "a", "b1"], key=natural) == ["a", "a9", "a10", "b1"]


def test_every_status_has_a_look_and_only_up_looks_good() -> None:
    good = {look.word for look in map(looks.of_host, VdsStatus) if look.tone == "good"}
    good |= {look.word for look in map(looks.of_vm, VmStatus) if look.tone == "good"}
    assert good == {"Up"}
    assert looks.of_host("Up", True).tone == looks.of_vm("Up", True).tone == "stale"


def test_no_two_looks_are_told_apart_by_colour_alone() -> None:
    """Tables of clusters have room for the glyphs only."""
    for found in (
        {*map(looks.of_host, VdsStatus), looks.of_host("Up", True), looks.of_host("Up", slow=True)},
        {
            *map(looks.of_vm, VmStatus),
            looks.of_vm("Up", True),
            looks.PAUSED_BY_FAULT,
            looks.CRASHED,
        },
    ):
        tones: dict[str, set[str]] = {}
        for look in found:
            tones.setdefault(look.glyph, set()).add(look.tone)
        assert {glyph: many for glyph, many in tones.items() if len(many) > 1} == {}
