"""/snapshot: how everything stands at one moment of the log, where the live stream goes on."""

from typing import Any

import msgspec
from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from vurti.api.v1 import described, hosts, vms
from vurti.api.v1.answers import Object, answer_text, chosen
from vurti.api.v1.asked import Snapshot
from vurti.api.v1.logs import log_of
from vurti.api.v1.served import PREFIX, Served
from vurti.model import Row
from vurti.repository import AllReader
from vurti.wire.ndjson import inert

TAG = Tag(name="stream", description="The live stream, and the snapshot that it goes on from.")


def snapshot_of(served: Served) -> APIBlueprint:
    """The resource."""
    resources = APIBlueprint("snapshot", __name__, abp_tags=[TAG], url_prefix=PREFIX)

    @resources.get("/snapshot", responses=described.snapshot())
    def snapshot(query: Snapshot) -> Response:
        """Get all hosts and VMs at one moment of the log"""

        def ask(reader: AllReader) -> str:
            found = log_of(reader, query.scope).snapshot()
            left_out = hosts.LONG | vms.LONG
            told = {
                "cursor": found.cursor,
                "at": found.at,
                "hosts": chosen([_object(row) for row in found.vdss], query.host_fields, left_out),
                "vms": chosen([_object(row) for row in found.vms], query.vm_fields, left_out),
            }
            return inert(msgspec.json.encode(told).decode())

        return answer_text(served.ask(ask))

    return resources


def _object(row: Row) -> Object:
    state: dict[str, Any] = msgspec.to_builtins(row.value)
    return {**state, "seq": row.seq, "observed_at": row.observed_at, "rule": row.rule}
