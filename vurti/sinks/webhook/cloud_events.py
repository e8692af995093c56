"""CloudEvents 1.0 in JSON, single or batch: https://github.com/cloudevents/spec."""

import json
from collections.abc import Sequence

from vurti.streams.sink import Item
from vurti.wire.ndjson import rfc3339

SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
TYPE = "io.vurti."


def event_of(item: Item) -> str:
    """One item as a CloudEvent; `data` is its NDJSON as it stands.

    `source` and `id` together name it for ever. The extension `sequence` orders what one source
    says, and `partitionkey` is what must stay in order.
    """
    attributes = {
        "specversion": "1.0",
        "id": item.id,
        "source": f"/vurti/{item.scope}/{item.stream}",
        "type": TYPE + item.kind,
        "subject": item.subject,
        "time": rfc3339(item.observed_at),
        "datacontenttype": "application/json",
        "sequence": f"{item.cursor:020}",
        "partitionkey": item.subject,
    }
    head = json.dumps(attributes, ensure_ascii=True, separators=(",", ":"))
    return f'{head[:-1]},"data":{item.line}}}'


def batch_of(items: Sequence[Item]) -> bytes:
    """Several of them."""
    return f"[{','.join(map(event_of, items))}]".encode()


def single(item: Item) -> bytes:
    """One of them."""
    return event_of(item).encode()
