"""The API of a real `vurti run`: over restarts a reader gets exactly the log."""

import json
import random
from pathlib import Path

import pytest
import requests

from tests.ports import free_port
from tests.service.program import Program
from tests.service.streamed import log_of, read
from tests.service.two_hosts import SETTINGS
from tests.waiting import wait_for


class _Run:
    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.url = f"http://127.0.0.1:{self.port}/api/v1"
        self.config = home / "vurti.toml"
        self.config.write_text(SETTINGS.format(port=self.port, pace=200.0))

    def start(self) -> Program:
        program = Program(self.home, "run", str(self.config))
        wait_for(self.answers, "the API")
        return program

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/about", timeout=5).ok
        except requests.RequestException:  # nobody listens, or not within its time
            return False


@pytest.mark.slow
def test_who_reconnects_at_random_over_restarts_of_vurti_has_exactly_the_log(
    tmp_path: Path,
) -> None:
    run, chance = _Run(tmp_path), random.Random(5)
    got: list[tuple[int, str]] = []
    for _ in range(4):
        with run.start() as program:
            for _ in range(5):
                after = got[-1][0] if got else 0
                got += read(f"{run.url}/stream", after, chance.randint(1, 25))
            if chance.random() < 0.5:
                program.stop()
            else:
                program.kill()
    with run.start() as program:
        program.stop()
    log = log_of(tmp_path / "vurti.db")
    assert len(got) > 60
    assert got == log[: len(got)]


def test_a_run_tells_its_figures_its_configuration_and_its_health(tmp_path: Path) -> None:
    run = _Run(tmp_path)
    secret = "geheim"
    run.config.write_text(f'{run.config.read_text()}\n[sources.json]\ntoken = "{secret}"\n')
    with run.start() as program:
        told = {
            path: requests.get(f"{run.url}/{path}", timeout=10)
            for path in ("pipeline", "config", "health", "inventories", "about")
        }
        program.stop()
    assert {path: answer.status_code for path, answer in told.items()} == dict.fromkeys(told, 200)
    assert secret not in "".join(answer.text for answer in told.values())
    config = told["config"].json()
    assert config["poll.status_secs"] == {"value": 0.2, "origin": f"{run.config}:9"}
    (served,) = [
        one["value"]
        for one in told["pipeline"].json()["vurti_api_answers_total"]
        if one["labels"] == {"status": "2xx"}
    ]
    assert served >= 1


def test_of_several_scopes_all_records_are_told_and_each_log_by_its_name(tmp_path: Path) -> None:
    run = _Run(tmp_path)
    text = run.config.read_text().replace("[repository]", '[repository]\nscope = "cluster"')
    run.config.write_text(text.replace("vms_per_host = 300", "vms_per_host = 3"))

    def told(path: str) -> requests.Response:
        return requests.get(f"{run.url}/{path}", timeout=10)

    with run.start() as program:
        wait_for(lambda: len(told("scopes").json()["items"]) == 2, "two scopes with events")
        wait_for(lambda: len(told("vms").json()["items"]) == 6, "the VMs of both")
        names = [one["scope"] for one in told("scopes").json()["items"]]
        refused = told("events")
        logs = {name: told(f"events?scope={name}").json()["items"] for name in names}
        url = f"{run.url}/stream?after=0&scope={names[0]}"
        with requests.get(url, stream=True, timeout=5) as stream:
            first = next(line for line in stream.iter_lines() if line.startswith(b"data: "))
        program.stop()
    assert names == ["cluster.east", "cluster.west"]
    assert refused.status_code == 422
    assert "cluster.east, cluster.west" in refused.json()["detail"]
    for name, items in logs.items():
        assert {one["id"].startswith(name) for one in items} == {True}
    assert json.loads(first[6:])["id"] == logs[names[0]][0]["id"]


def test_where_others_could_ask_without_a_token_vurti_does_not_start(tmp_path: Path) -> None:
    run = _Run(tmp_path)
    run.config.write_text(run.config.read_text().replace("127.0.0.1", "0.0.0.0"))
    with Program(tmp_path, "run", str(run.config)) as program:
        assert program.process.wait(20) == 1
    assert "vurti token create" in program.text()
    assert "Traceback" not in program.text()
