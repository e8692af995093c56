"""/hosts and /hosts/HOST."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from vurti.api.v1 import described
from vurti.api.v1.answers import Object, answer, chosen, missing, page, wants_any
from vurti.api.v1.asked import Fields, Hosts, OfHost
from vurti.api.v1.served import PREFIX, Served
from vurti.repository import AllReader, VdsRecord
from vurti.repository.maintenances import announced, in_force
from vurti.repository.rows import VDS_LONG
from vurti.wire import record

TAG = Tag(name="hosts", description="Hosts as they are stored, and when each was last heard.")


def hosts_of(served: Served) -> APIBlueprint:
    """The resources."""
    resources = APIBlueprint("hosts", __name__, abp_tags=[TAG], url_prefix=PREFIX)

    @resources.get("/hosts", responses=described.a_page_of("Host"))
    def hosts(query: Hosts) -> Response:
        """List hosts"""
        now = served.wall()

        def ask(reader: AllReader) -> list[Object]:
            taken = announced(reader)
            return [
                _object(one, taken.get(one.value.id), now, served.stale_secs)
                for one in _listed(reader, query)
            ]

        found = served.ask(ask)
        next_ = found[-1]["id"] if found else None
        return page(chosen(found, query.fields, VDS_LONG), query.limit, next_, now)

    @resources.get("/hosts/<path:host>", responses=described.one("Host"))
    def host(path: OfHost, query: Fields) -> Response:
        """Get a host"""
        now = served.wall()

        def ask(reader: AllReader) -> Object | None:
            record = reader.vdss.get(path.host)
            if record is None:
                return None
            last = announced(reader, path.host).get(path.host)
            return _object(record, last, now, served.stale_secs)

        found = served.ask(ask)
        if found is None:
            raise missing("host", path.host)
        return answer(chosen([found], query.fields, frozenset())[0])

    return resources


def _listed(reader: AllReader, query: Hosts) -> Sequence[VdsRecord]:
    return reader.vdss.list(
        status=query.status,
        cluster=query.cluster,
        after=query.after,
        limit=query.limit,
        whole=wants_any(query.fields, VDS_LONG),
    )


def _object(one: VdsRecord, last: Any, now: float, stale_secs: float) -> Object:
    taken = in_force(one.value, last)
    return {
        **record.fields(one),
        "stale": record.is_stale(one.heard_at, now, stale_secs),
        "maintenance": None if taken is None else {
            "announced_at": taken.announced_at, "until": taken.expires_at, "why": taken.why,
        },
    }  # fmt: skip
