"""/snapshot: how everything stands at one moment of the log, where the live stream goes on."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from vurti.api.v1 import described
from vurti.api.v1.answers import Object, answer_text, chosen
from vurti.api.v1.asked import Snapshot
from vurti.api.v1.logs import log_of
from vurti.api.v1.served import PREFIX, Served
from vurti.model import Row
from vurti.repository import AllReader
from vurti.repository.rows import VDS_LONG, VM_LONG
from vurti.wire.ndjson import inert_json

BESIDE = ("seq", "observed_at", "rule")
"""What is told of a state besides its own fields."""
TAG = Tag(name="stream", description="The live stream, and the snapshot that it goes on from.")


def snapshot_of(served: Served) -> APIBlueprint:
    """The resource."""
    resources = APIBlueprint("snapshot", __name__, abp_tags=[TAG], url_prefix=PREFIX)

    @resources.get("/snapshot", responses=described.snapshot())
    def snapshot(query: Snapshot) -> Response:
        """Get all hosts and VMs at one moment of the log"""

        def ask(reader: AllReader) -> str:
            found = log_of(reader, query.scope).snapshot()
            told = {
                "cursor": found.cursor,
                "at": found.at,
                "hosts": _objects(found.vdss, query.host_fields),
                "vms": _objects(found.vms, query.vm_fields),
            }
            return inert_json(told)

        return answer_text(served.ask(ask))

    return resources


def _objects(rows: Sequence[Row], fields: str | None) -> list[Object]:
    """With these fields alone. There are many rows: what nobody wants of them is not looked at."""
    if fields is None or fields == "*" or not rows:
        return chosen([_object(row) for row in rows], fields, VDS_LONG | VM_LONG)
    names = list(chosen([_object(rows[0])], fields, frozenset())[0])
    of_value, of_row = (
        [name for name in names if (name in BESIDE) is beside] for beside in (False, True)
    )
    return [
        {
            **{name: getattr(row.value, name) for name in of_value},
            **{name: getattr(row, name) for name in of_row},
        }
        for row in rows
    ]


def _object(row: Row) -> Object:
    state: dict[str, Any] = {name: getattr(row.value, name) for name in row.value.__struct_fields__}
    return state | {name: getattr(row, name) for name in BESIDE}
