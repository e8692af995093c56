"""What a guest is called is harmless wherever it is shown: answers, stream, log, terminal."""

import json

import pytest

from tests.api.conftest import HOSTILE, Api
from vurti.cli.explain_page import page
from vurti.events import VmAdded, event
from vurti.model import Vm, VmStatus
from vurti.repository.found import find
from vurti.wire import ndjson, words

NAMES = {
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "escapes of terminals": "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "lines": "a\r\nevent: VmRemoved\ndata: {}\n\n\x85\u2028\u2029",
    "directions": "\u202egnp.exe\u2066",
    "all of it": HOSTILE,
    "a megabyte": "\x1b<b>\n" * 200_000,
}


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return NAMES[request.param]


def test_a_name_is_inert_in_every_answer_and_comes_back_whole(api: Api, name: str) -> None:
    api.put(Vm("aaa", name, VmStatus.UP, run_on="alpha"))
    for path in ("/vms?limit=1", "/vms/aaa", "/events?vm=aaa", "/vms/aaa/explain", "/snapshot"):
        answer = api.get(path)
        assert answer.status_code == 200
        assert answer.text.isprintable()
        assert answer.mimetype == "application/json"
        assert json.dumps(name)[1:-1] in json.dumps(answer.json)


def test_a_name_cannot_make_an_event_of_its_own_in_the_stream(api: Api, name: str) -> None:
    last = api.hub.end
    api.put(Vm("aaa", name, VmStatus.UP, run_on="alpha"))
    api.hub.wake()
    api.clock.run(until=api.clock.now() + 1)
    answer = api.get(f"/stream?after={last}", buffered=False)
    pieces = iter(answer.response)
    next(pieces)
    sent = next(pieces)
    answer.close()
    assert isinstance(sent, bytes)
    lines = sent.decode().split("\n")
    assert [line.partition(":")[0] for line in lines] == ["id", "event", "data", "", ""]
    assert json.loads(lines[2].removeprefix("data: "))["name"] == name
    assert all(line.isprintable() for line in lines)


def test_a_name_is_one_line_that_no_terminal_obeys(api: Api, name: str) -> None:
    api.put(Vm("aaa", name, VmStatus.UP, run_on="alpha"))
    added = event(None, Vm("aaa", name), id="x", seq=1, host="alpha")
    assert isinstance(added, VmAdded)
    for line in (words.line(added), ndjson.line(added, 0.0)):
        assert line.isprintable()
    record = api.reader.vdss.vms.get("aaa")
    assert record is not None
    shown = page(find(api.reader, record, 8, 1.0, 40.0))
    assert all(line.isprintable() for line in shown.split("\n"))


def test_what_is_asked_for_comes_back_as_harmless_in_a_problem(api: Api) -> None:
    answer = api.plain.test_client().get("/api/v1/vms/%3Cscript%3E%1B%5B2J%0A")
    assert answer.status_code == 404
    assert answer.text.isprintable()
    assert answer.mimetype == "application/problem+json"
