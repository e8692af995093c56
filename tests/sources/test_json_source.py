"""The source `json`: its tests run in a process that gevent has patched, each is told here."""

import subprocess
import sys
from pathlib import Path

import pytest
from requests import Request

from tests.patched import facts, hold
from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Host
from vurti.sources import SourceOptions, open_endpoint
from vurti.sources.json_http.address import Address, UrlError, address, check
from vurti.sources.json_http.session import Adapter
from vurti.sources.patching import NeedsPatching

ANSWERS = Path(__file__).with_name("patched_json_source.py")
PUSHES = Path(__file__).with_name("patched_json_pushes.py")


@facts(ANSWERS)
def test_answers(fact: str) -> None:
    hold(ANSWERS, fact)


@facts(PUSHES)
def test_pushes_and_the_kit(fact: str) -> None:
    hold(PUSHES, fact)


def test_without_patching_it_refuses_with_advice() -> None:
    """In a process of its own: others may have patched this one."""
    code = (
        "from vurti.clock.virtual_clock import VirtualClock\n"
        "from vurti.model import Host\n"
        "from vurti.sources import SourceOptions, open_endpoint\n"
        "open_endpoint(Host('a', 'json+http://a/'), VirtualClock(), SourceOptions())\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "NeedsPatching: the source 'json' is over requests" in told.stderr
    assert "monkey.patch_all()" in told.stderr
    with pytest.raises(NeedsPatching):
        open_endpoint(Host("a", "json+http://a/"), VirtualClock(), SourceOptions())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("json+http://a", Address("http://a/")),
        ("json+https://a.example:8443/x", Address("https://a.example:8443/x")),
        ("json+http://[::1]:5/x?y=1", Address("http://[::1]:5/x?y=1")),
        ("json+http://a/x?y=1#node%2F1", Address("http://a/x?y=1", "node/1")),
    ],
)
def test_a_url_is_the_agents_own_with_the_hosts_name_behind_it(url: str, expected: Address) -> None:
    assert address(url) == expected
    assert check(url) is None


@pytest.mark.parametrize(
    ("url", "way_out"),
    [
        ("json+http:", "write json+http://HOST[:PORT]/PATH"),
        ("json+http:///x", "write json+http://HOST[:PORT]/PATH"),
        ("json+http://a:0/", "write json+http://HOST[:PORT]/PATH"),
        ("json+http://a:99999/", "Port out of range"),
        ("json+http://me:pass@a/", "a token goes to [sources.json]"),
        ("json+http://a/?question=vms", "vurti itself puts question and follow to the URL"),
        ("json+http://a/ä", "printable ASCII as %XX"),
        ("http://a/", "a scheme of json+https, json+http"),
    ],
)
def test_a_mistake_in_a_url_is_told_with_its_way_out(url: str, way_out: str) -> None:
    with pytest.raises(UrlError) as told:
        address(url)
    assert way_out in str(told.value)
    assert check(url) == str(told.value)


def test_contract_19_what_is_secret_in_a_url_is_not_shown() -> None:
    told = [check("json+http://me:hush@a/"), check("json+http://a:0/?key=hush")]
    assert not [text for text in told if text is None or "hush" in text]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT"])
def test_contract_20_nothing_but_get_can_be_sent_to_an_agent(method: str) -> None:
    request = Request(method, "http://127.0.0.1:9/").prepare()
    with pytest.raises(ValueError, match="is not a call that only reads"):
        Adapter(None).send(request)


def test_contract_20_a_get_carries_no_body_to_an_agent() -> None:
    request = Request("GET", "http://127.0.0.1:9/", data=b"x").prepare()
    with pytest.raises(ValueError, match="is not a call that only reads"):
        Adapter(None).send(request)
