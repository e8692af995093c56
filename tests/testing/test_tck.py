"""What vurti itself is made of keeps the rules of its own kit. A new operator is checked by being
in the catalog."""

import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import BaseModel

from vurti.clock import Clock
from vurti.streams.bulkhead import LiveStream
from vurti.streams.catalog import CATALOG
from vurti.streams.chain import build
from vurti.streams.definition import Definition
from vurti.streams.limits import SubscriberSettings
from vurti.streams.mailbox import Mailbox
from vurti.streams.named import NamedStreams
from vurti.streams.steps import StepSettings
from vurti.testing.tck import (
    BEHIND_STREAMS,
    WHOLE,
    check_entry,
    check_mailbox,
    check_operator,
    check_stream,
    promised,
    steps,
)
from vurti.testing.tck.streams import Known


@pytest.mark.parametrize("name", CATALOG)
def test_every_operator_of_the_catalog_keeps_the_rules(name: str) -> None:
    check_entry(CATALOG[name], examples=150)


def test_a_chain_of_operators_that_lose_nothing_loses_nothing() -> None:
    whole = [entry for entry in CATALOG.values() if promised(entry) == WHOLE]
    drawn = st.lists(st.one_of(*(steps(entry.settings) for entry in whole)), max_size=3)
    check_operator(drawn.map(lambda chain: lambda: build(chain)), examples=100)


@pytest.mark.parametrize("name", CATALOG)
def test_every_operator_of_the_catalog_keeps_them_behind_a_live_stream(name: str) -> None:
    entry = CATALOG[name]
    drawn = steps(entry.settings).map(lambda one: partial(entry.operator, one))
    check_stream(operator=drawn, rules=BEHIND_STREAMS, examples=60)


def test_contract_8_and_12_a_live_stream_keeps_the_rules_whoever_subscribes() -> None:
    check_stream(examples=150)


def test_the_operator_that_the_page_shows_keeps_the_rules() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operators.md").read_text(encoding="utf-8")
    (code,) = re.findall("```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code.replace("register(", "ENTRY = ("), names)
    check_entry(names["ENTRY"])


class Configured:
    """A stream of the configuration over another over `vms`, as something to subscribe to."""

    def __init__(self, clock: Clock, known: Known, queue_max: int) -> None:
        settings = SubscriberSettings(queue_max=queue_max)
        self._root = LiveStream(clock, known, settings=settings)
        definitions = {"first": Definition(("vms",)), "second": Definition(("first",))}
        self._named = NamedStreams(clock, {"vms": self._root}, definitions, settings=settings)
        self.observable = self._named["second"]
        self.emit, self.complete = self._root.emit, self._root.complete

    @property
    def subscribers(self) -> int:
        return self._root.subscribers + self._named.subscribers

    @property
    def waiting(self) -> int:
        return max(self._root.waiting, self._named.waiting)


def test_contract_8_and_12_a_stream_of_the_configuration_keeps_the_rules_as_well() -> None:
    check_stream(Configured, examples=100)


def test_contract_11_the_mailbox_keeps_the_rules() -> None:
    check_mailbox(lambda capacity, key, add: Mailbox(capacity, key, add, now=lambda: 0.0))


def test_settings_that_the_kit_cannot_draw_are_refused_with_the_way_out() -> None:
    class Strange(StepSettings):
        op: str = "strange"
        what: BaseModel | bytes

    with pytest.raises(TypeError, match="hand in a strategy"):
        steps(Strange)


def test_neither_vurti_nor_its_other_kits_load_hypothesis() -> None:
    code = "import vurti, vurti.testing, sys; sys.exit('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
