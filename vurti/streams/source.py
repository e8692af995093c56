"""What a source is: a kind of endpoint, as it declares itself. docs/sources.md has the whole."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from vurti.clock import Clock
from vurti.model import Absence, Host
from vurti.streams.endpoint import Endpoint


@dataclass(frozen=True)
class Source:
    """A kind of endpoint. Declaring one loads nothing that it needs only once a host is opened."""

    name: str
    """Its options are the table `[sources.NAME]`."""

    schemes: tuple[str, ...]
    """The schemes of the URLs that are its own."""

    options: type[BaseModel]
    """The model of its options; `open_endpoint` gets an instance of it."""

    open_endpoint: Callable[[Host, Clock, Any], Endpoint]
    """An endpoint for this host, not opened yet. Raises VurtiError where there can be none."""

    check: Callable[[str], str | None]
    """What is wrong with a URL of one of its schemes, with the way out; None where nothing is. It
    is asked when a configuration is read, so it connects to nothing."""

    allowed: frozenset[str]
    """The calls that it may send to a host, by their names on the wire. All of them only read."""

    absence: Absence
    """What it means that a complete answer does not have a VM."""

    pushes: bool
    """Whether hosts can tell of news by themselves."""
