"""A kind of sink is loaded when it is asked for; one that is broken says so and harms no other."""

import pickle
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from vurti.settings import plug_ins
from vurti.sinks import SinkError, SinkKind, SinkSettings, kind_named, kinds, registry
from vurti.streams.sink import Sink


def nothing(_name: str, _settings: Any) -> Sink:
    raise NotImplementedError


GOOD = SinkKind("mine", SinkSettings, nothing)
CALLED_OTHERWISE = SinkKind("other", SinkSettings, nothing)
NO_SETTINGS = SinkKind("mine", dict, nothing)  # type: ignore[arg-type] # as others may do


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    def offer(*values: str) -> None:
        points = [EntryPoint("mine", value, registry.GROUP) for value in values]
        monkeypatch.setattr(plug_ins, "entry_points", lambda group: points)
        registry._plug_ins.__dict__.pop("points", None)
        registry._loaded.cache_clear()

    yield offer
    registry._plug_ins.__dict__.pop("points", None)
    registry._loaded.cache_clear()


def test_our_own_are_there_by_their_names() -> None:
    assert kinds()[:2] == ("ndjson", "webhook")
    assert [kind_named(name).name for name in kinds()[:2]] == ["ndjson", "webhook"]


def test_one_of_another_package_is_found_by_its_name(offered: Callable[..., None]) -> None:
    offered(f"{__name__}:GOOD")
    assert "mine" in kinds()
    assert kind_named("mine").settings is SinkSettings


def test_a_package_that_is_on_the_path_twice_is_one(offered: Callable[..., None]) -> None:
    offered(f"{__name__}:GOOD", f"{__name__}:GOOD")
    assert kind_named("mine") is GOOD


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ((), "there is no kind of sink 'mine'"),
        ((f"{__name__}:MISSING",), "cannot be loaded: AttributeError"),
        (("no_such_module:SINK",), "cannot be loaded: ModuleNotFoundError"),
        ((f"{__name__}:nothing",), "is a function, not a vurti.sinks.SinkKind"),
        ((f"{__name__}:CALLED_OTHERWISE",), "calls itself 'other'"),
        ((f"{__name__}:NO_SETTINGS",), "settings that are no vurti.sinks.SinkSettings"),
        ((f"{__name__}:GOOD", "no_such_module:SINK"), "is in several packages"),
    ],
)
def test_one_that_cannot_be_used_says_why(offered, values: tuple[str, ...], wrong: str) -> None:
    offered(*values)
    with pytest.raises(SinkError, match=wrong):
        kind_named("mine")


def test_the_error_keeps_its_way_out_where_it_is_carried_elsewhere() -> None:
    error = pickle.loads(pickle.dumps(SinkError("x", "y")))
    assert (error.what, error.way_out, str(error)) == ("x", "y", "x (y)")
