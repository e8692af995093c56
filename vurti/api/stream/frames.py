"""Events as server-sent events: each encoded once, whoever reads it."""

from collections.abc import Callable

from vurti.api.stream.ring import Frame
from vurti.model.commit import Logged
from vurti.wire.ndjson import inert_json, line

RETRY = b"retry: 2000\n\n"


def frame_of(logged: Logged, cluster_of: Callable[[str], str]) -> Frame:
    """The NDJSON of the event with its cursor in front; the cursor is its id as well."""
    event = logged.event
    cluster = cluster_of(event.host or "")
    text = line(event, logged.committed_at, cluster)
    data = f'{{"cursor":{logged.cursor},{text[1:]}'
    sent = f"id: {logged.cursor}\nevent: {event.kind}\ndata: {data}\n\n"
    return Frame(logged.cursor, event.kind, event.thing, event.host or "", cluster, sent.encode())


def keep_alive(after: int) -> bytes:
    """Nothing new, and up to where: who comes back goes on from there."""
    return f": still here\nid: {after}\n\n".encode()


def resync(first: int, last: int) -> bytes:
    """The reader has missed something that it cannot be told any more: it is to read the state anew
    and goes on behind the cursor `last`."""
    told = f'{{"first":{first},"last":{last},"snapshot":"/api/v1/snapshot"}}'
    return f"id: {last}\nevent: resync\ndata: {told}\n\n".encode()


def scope(name: str) -> bytes:
    """What follows is of the log of that scope."""
    told = inert_json({"scope": name})
    return f"event: scope\ndata: {told}\n\n".encode()


def bye() -> bytes:
    """Vurti ends: the reader may come back, and loses nothing by that."""
    return b"event: bye\ndata: {}\n\n"
