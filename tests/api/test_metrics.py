"""What Prometheus scrapes: names and units by its customs, and a bound to how many series."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from tests.api.watched import Fleet
from vurti.api.metrics import FAMILIES, Family, Kind, Watched
from vurti.api.metrics.collector import Metrics, registry
from vurti.api.metrics.deciding import CLUSTERS_MAX
from vurti.api.metrics.family import LABEL_CHARS_MAX, OTHERS, counter, histogram, largest
from vurti.api.metrics.reference import reference
from vurti.model import Host, Miss
from vurti.sources.sim import demo_fleet
from vurti.streams.histogram import Histogram

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
UNITS = ("_seconds", "_bytes", "_info", "_cursor", "_items")
Series = dict[tuple[str, ...], float]


def names(families: tuple[Family, ...]) -> list[str]:
    return [family.name for family in families]


def test_every_name_is_there_once_and_says_whose_it_is() -> None:
    assert len(set(names(FAMILIES))) == len(FAMILIES)
    assert all(re.fullmatch(r"vurti_[a-z]+(_[a-z]+)*", name) for name in names(FAMILIES))


def test_counters_end_in_total_and_nothing_else_does() -> None:
    for family in FAMILIES:
        assert family.name.endswith("_total") is (family.kind is Kind.COUNTER), family.name


def test_times_are_in_seconds_and_sizes_in_bytes() -> None:
    told = [name for name in names(FAMILIES) if re.search("secs|millis|_ms|minutes|kib|mb", name)]
    timed = [
        family.name
        for family in FAMILIES
        if re.search("age|duration|lateness|lag|idle|failing", family.name)
        and family.kind is not Kind.COUNTER
    ]
    assert told == []
    assert [name for name in timed if not name.endswith(UNITS)] == []


def test_the_page_is_that_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference()


def test_no_label_is_a_host_or_a_vm() -> None:
    labels = {label for family in FAMILIES for label in family.labels}
    assert labels & {"host", "vm", "id", "name", "url", "reason"} == set()


def watched(fleet: Fleet, secs: float = 20) -> Iterator[Watched]:
    with fleet.watched() as (adapter, _, progress):
        adapter.run(for_secs=secs)
        yield Watched(adapter, progress, lambda: {"system": adapter.store.log_bounds()})


def scraped(one: Watched) -> dict[str, Series]:
    """As Prometheus's own parser reads it: the values of each family by their labels."""
    text = generate_latest(registry(Metrics(one, FAMILIES))).decode()
    found: dict[str, Series] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = tuple(sample.labels[label] for label in sorted(sample.labels))
            assert key not in found.setdefault(sample.name, {}), (sample.name, key)
            found[sample.name][key] = sample.value
    return found


def scrape(fleet: Fleet, secs: float = 20) -> dict[str, Series]:
    (one,) = [scraped(one) for one in watched(fleet, secs)]
    return one


def test_figures_are_those_of_the_fleet(tmp_path: Path) -> None:
    for one in watched(Fleet(tmp_path)):
        got, adapter = scraped(one), one.adapter
        polls = got["vurti_polls_total"]
        assert sum(polls.values()) == adapter.polled > 4 * 15
        assert polls.keys() == {("answered",), *((kind.value,) for kind in Miss)}
        assert got["vurti_hosts_watched"] == {(): 4}
        assert sum(got["vurti_hosts"].values()) == 4
        assert sum(got["vurti_vms"].values()) == 12
        assert sum(got["vurti_cluster_vms"].values()) == 12
        assert sum(got["vurti_events_total"].values()) == adapter.pipeline.events
        assert got["vurti_decisions_total"] == got["vurti_inputs_total"]
        assert got["vurti_commits_total"] == {("system",): adapter.writing.commits}
        assert got["vurti_commit_duration_seconds_count"] == got["vurti_commits_total"]
        assert got["vurti_poll_lateness_seconds_count"][()] >= 4 * 15
        assert got["vurti_log_last_cursor"]["system",] == adapter.writing.events
        assert 0 <= got["vurti_answer_age_seconds"]["system", "1"] <= 2
        assert got["vurti_judgement_held"] == {("system",): 1}


def test_vms_are_counted_as_they_are_however_busy_they_are(tmp_path: Path) -> None:
    for one in watched(Fleet(tmp_path, pace=50), secs=60):
        _, vms = one.adapter.pipeline.counts()
        assert one.adapter.pipeline.events > 100
        got = scraped(one)["vurti_vms"]
        assert {status: n for (_, status), n in got.items() if n} == dict(vms)


def test_a_host_that_is_lost_is_seen_in_the_figures(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    with fleet.watched() as (adapter, _, progress):
        adapter.run(for_secs=40)
        fleet.deaf.add("host-1")
        adapter.run(for_secs=120)
        got = scraped(Watched(adapter, progress, dict))
        assert got["vurti_answer_age_seconds"]["system", "1"] > 100
        assert got["vurti_answer_age_seconds"]["system", "0.5"] <= 2
        assert "vurti_log_last_cursor" not in got
        fleet.deaf.clear()


def test_every_family_of_the_catalogue_is_scraped(tmp_path: Path) -> None:
    (one,) = [
        generate_latest(registry(Metrics(one, FAMILIES))).decode()
        for one in watched(Fleet(tmp_path))
    ]
    told = set(re.findall(r"^# TYPE (\w+) ", one, re.MULTILINE))
    assert set(names(FAMILIES)) <= told
    assert {name for name in told if name.startswith("process_")} == {
        "process_cpu_seconds_total", "process_resident_memory_bytes", "process_max_fds",
        "process_virtual_memory_bytes", "process_start_time_seconds", "process_open_fds",
    }  # fmt: skip


def test_more_hosts_and_vms_are_no_more_series(tmp_path: Path) -> None:
    hosts = demo_fleet(8, 3, seed=5)[0]
    (tmp_path / "few").mkdir()
    (tmp_path / "many").mkdir()
    one_cluster = tuple(replace(host, cluster="east") for host in hosts)
    few = scrape(Fleet(tmp_path / "few", hosts=one_cluster[:2]))
    many = scrape(Fleet(tmp_path / "many", hosts=one_cluster))
    assert {name: set(few[name]) for name in few} == {name: set(many[name]) for name in many}


def test_clusters_beyond_the_bound_share_their_figures(tmp_path: Path) -> None:
    hosts = tuple(
        Host(f"host-{n}", f"sim://host-{n}", cluster=f"cluster-{n:03}") for n in range(1, 61)
    )
    got = scrape(Fleet(tmp_path, hosts=hosts), secs=5)
    clusters = {cluster for cluster, _ in got["vurti_cluster_vms"]}
    assert len(clusters) == CLUSTERS_MAX + 1
    assert sum(got["vurti_hosts"].values()) == 60
    others = {key: n for key, n in got["vurti_hosts"].items() if key[0] == OTHERS}
    assert sum(others.values()) == 60 - CLUSTERS_MAX


HOSTILE = ['a"b', "a\nb 1\nvurti_up 0", "a\\", "\x1b[31m", "\ud800", "x" * 10_000, "x" * 10_001,
           "\u202egnp", "{}", OTHERS, ""]  # fmt: skip


def test_contract_18_no_name_of_a_cluster_breaks_the_format(tmp_path: Path) -> None:
    """Two that are cut to the same name are one: a label set that comes twice spoils a scrape."""
    hosts = tuple(
        Host(f"host-{n}", f"sim://host-{n}", cluster=cluster)
        for n, cluster in enumerate(HOSTILE, 1)
    )
    got = scrape(Fleet(tmp_path, hosts=hosts), secs=5)
    clusters = {cluster for cluster, _ in got["vurti_cluster_vms"]}
    assert "vurti_up" not in got
    assert len(clusters) == len(HOSTILE) - 1
    assert all(len(one) <= LABEL_CHARS_MAX and one.isprintable() for one in clusters)
    assert sum(got["vurti_hosts"].values()) == len(HOSTILE)


def test_a_figure_that_cannot_be_read_spares_the_others(tmp_path: Path) -> None:
    def broken(_: Watched) -> list[tuple[tuple[str, ...], float]]:
        raise RuntimeError("a bug of ours")

    bad = Family("vurti_bad", Kind.GAUGE, "Cannot be read.", (), broken)
    for one in watched(Fleet(tmp_path), secs=2):
        told = [metric.name for metric in Metrics(one, (FAMILIES[0], bad, FAMILIES[-1])).collect()]
    assert told == [FAMILIES[0].name, FAMILIES[-1].name]


def test_a_counter_never_falls_when_hosts_go(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    with fleet.watched() as (adapter, _, progress):
        adapter.run(for_secs=20)
        one = Watched(adapter, progress, lambda: None)
        before = scraped(one)
        adapter.watch(fleet.config.hosts[:1])
        adapter.run(for_secs=5)
        after = scraped(one)
    for family in FAMILIES:
        if family.kind is Kind.COUNTER:
            past = before.get(family.name, {})
            assert all(after[family.name][key] >= n for key, n in past.items()), family.name


def test_nobody_starts_more_slowly_for_what_renders_the_figures() -> None:
    code = (
        "import sys, vurti.api.metrics, vurti.api.listener, vurti.service.answering\n"
        "print('prometheus_client' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_scopes_beyond_the_bound_share_their_figures() -> None:
    """Their sum, or the largest of them where they are ages."""
    took = Histogram((1.0,))
    took.add(0.5)
    for family, values, told in (
        (counter("vurti_a_total", "", lambda _: (), "scope"), (1, 2, 4), {"a": 1, OTHERS: 6}),
        (largest("vurti_b", "", lambda _: (), "scope"), (1, 2, 4), {"a": 1, OTHERS: 4}),
    ):
        samples = [((scope,), float(value)) for scope, value in zip("abc", values, strict=True)]
        metric = family.metric(samples, {"a"})
        assert {one.labels["scope"]: one.value for one in metric.samples} == told
    of_all = histogram("vurti_c", "", lambda _: (), "scope").metric(
        [((scope,), took) for scope in "abc"], {"a"}
    )
    counts = [one for one in of_all.samples if one.name == "vurti_c_count"]
    assert {one.labels["scope"]: one.value for one in counts} == {"a": 1, OTHERS: 2}
