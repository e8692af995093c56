"""The alerts and the dashboard: they name figures that there are, and say what is so."""

import json
import re
import shutil
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.needs import need
from tests.ports import free_port
from tests.service.program import Program
from tests.waiting import wait_for
from vurti.api.metrics import FAMILIES

CONTRIB = Path(__file__).parents[2] / "contrib"
ALERTS, DASHBOARD = CONTRIB / "prometheus", CONTRIB / "grafana/vurti.json"
OF_ANY_PROCESS = {"process_cpu_seconds_total", "process_resident_memory_bytes"}
NAME = re.compile(r"\b(?:vurti|process)_[a-z_]+")
MAY_BE_EMPTY = ("vurti_inventory_held", "_bucket", "> 0")
"""Nothing is held, too little has happened for a quantile, or it is left out where it is 0."""


WATCHING = """
[repository]
url = "sqlite:///vurti.db"
[listen]
address = "127.0.0.1:{port}"
[poll]
status_secs = 0.5
[sources.sim]
pace = 50.0
[hosts.host-1]
url = "sim://host-1"
cluster = "east"
[inventory.cmdb]
command = ["cat", "inventory.json"]
"""
SERVING = """
[repository]
url = "sqlite:///vurti.db"
[listen]
address = "127.0.0.1:{port}"
[api]
address = "127.0.0.1:0"
"""
SCRAPING = """
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: vurti
    static_configs:
      - targets: ["127.0.0.1:{watching}"]
  - job_name: vurti-serve
    static_configs:
      - targets: ["127.0.0.1:{serving}"]
"""


def known() -> set[str]:
    suffixes = ("", "_bucket", "_sum", "_count")
    return {family.name + suffix for family in FAMILIES for suffix in suffixes} | OF_ANY_PROCESS


def rules() -> list[dict[str, Any]]:
    told = yaml.safe_load((ALERTS / "vurti-alerts.yml").read_text())
    return [rule for group in told["groups"] for rule in group["rules"]]


def queries() -> list[str]:
    told = json.loads(DASHBOARD.read_text())
    return [target["expr"] for panel in told["panels"] for target in panel.get("targets", ())]


def test_alerts_and_dashboard_name_only_figures_that_there_are() -> None:
    texts = [rule["expr"] for rule in rules()] + queries()
    named = {name for text in texts for name in NAME.findall(text)}
    assert len(named) > 20
    assert named - known() == set()


def test_every_alert_says_what_to_do_and_is_tested() -> None:
    tested = (ALERTS / "vurti-alerts.test.yml").read_text()
    for rule in rules():
        assert {"summary", "description"} <= set(rule["annotations"]), rule["alert"]
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert f'"{rule["alert"]}"' in tested


def test_every_panel_of_the_dashboard_has_a_place_of_its_own() -> None:
    told = json.loads(DASHBOARD.read_text())
    taken: set[tuple[int, int]] = set()
    for panel in told["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & cells, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


@pytest.fixture
def prometheus_there() -> None:
    missing = [name for name in ("promtool", "prometheus") if shutil.which(name) is None]
    need("prometheus", missing, "On Debian: apt-get install prometheus.")


@pytest.mark.prometheus
@pytest.mark.usefixtures("prometheus_there")
@pytest.mark.parametrize(
    "words",
    [
        ("check", "rules", "vurti-alerts.yml"),
        ("check", "config", "prometheus.yml"),
        ("test", "rules", "vurti-alerts.test.yml"),
    ],
)
def test_promtool_finds_the_alerts_good_and_their_tests_pass(words: tuple[str, ...]) -> None:
    told = subprocess.run(
        ["promtool", *words], cwd=ALERTS, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr


class _Prometheus:
    def __init__(self, url: str) -> None:
        self._url = url

    def ask(self, query: str) -> list[Any]:
        words = urllib.parse.urlencode({"query": query})
        with urllib.request.urlopen(f"{self._url}/api/v1/query?{words}", timeout=10) as answer:
            told = json.load(answer)
        assert told["status"] == "success"
        return list(told["data"]["result"])

    def there(self) -> bool:
        try:
            polls = self.ask('rate(vurti_polls_total{outcome="answered"}[10s]) > 0')
            return bool(polls and self.ask('up{job="vurti-serve"} == 1'))
        except OSError:
            return False


def _serve(home: Path, run: Program) -> Program:
    """Once there is a store."""
    wait_for(lambda: "answering" in run.text(), "the one that watches")
    return Program(home / "serve", "serve", str(home / "serve.toml"))


@pytest.fixture
def scraping(tmp_path: Path, prometheus_there: None) -> Iterator[_Prometheus]:
    """A Prometheus that watches a vurti with simulated hosts, and one that serves its store."""
    watching, serving, port = free_port(), free_port(), free_port()
    (tmp_path / "serve").mkdir()
    (tmp_path / "inventory.json").write_text('{"version": 1, "complete": true, "hosts": {}}')
    (tmp_path / "vurti.toml").write_text(WATCHING.format(port=watching))
    (tmp_path / "serve.toml").write_text(SERVING.format(port=serving))
    told = SCRAPING.format(watching=watching, serving=serving)
    (tmp_path / "prometheus.yml").write_text(told)
    words = [
        "prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    with (
        Program(tmp_path, "run", str(tmp_path / "vurti.toml")) as run,
        _serve(tmp_path, run),
        (tmp_path / "prometheus.log").open("wb") as log,
        subprocess.Popen(words, cwd=tmp_path, stdout=log, stderr=log) as process,
    ):
        try:
            prometheus = _Prometheus(f"http://127.0.0.1:{port}")
            wait_for(prometheus.there, "two scrapes", 60)
            yield prometheus
        finally:
            process.kill()


@pytest.mark.prometheus
@pytest.mark.slow
def test_every_query_of_the_dashboard_and_every_alert_is_answered_from_the_real_figures(
    scraping: _Prometheus,
) -> None:
    asked = [one.replace("$instance", ".*").replace("$__rate_interval", "10s") for one in queries()]
    for query in asked:
        found = scraping.ask(query)
        assert found or any(word in query for word in MAY_BE_EMPTY), query
    for rule in rules():
        left, *_ = re.split(r" (?:>|==) ", rule["expr"])
        assert scraping.ask(left) or "_bucket" in left, rule["alert"]
