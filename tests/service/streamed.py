"""A reader of the live stream, and the log that it is to have in the end."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import requests


def read(url: str, after: int, count: int) -> Iterator[tuple[int, str]]:
    """At most so many events from the stream behind the cursor, as (cursor, id)."""
    headers = {"Last-Event-ID": str(after)}
    try:
        with requests.get(url, headers=headers, stream=True, timeout=(5, 3)) as answer:
            for line in answer.iter_lines(chunk_size=1):
                if line.startswith(b'data: {"cursor"'):
                    told = json.loads(line[6:])
                    yield told["cursor"], told["id"]
                    count -= 1
                    if not count:
                        return
    except requests.RequestException:
        return


def log_of(path: Path) -> list[tuple[int, str]]:
    """The whole log of a store that has one scope."""
    with closing(sqlite3.connect(path)) as store:
        return store.execute("select cursor, id from event_log order by cursor").fetchall()
