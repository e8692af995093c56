"""Why a VM or host is as it is."""

import msgspec
from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from vurti.api.v1 import described
from vurti.api.v1.answers import Object, answer, missing
from vurti.api.v1.asked import Explained, OfHost, OfThing, OfVm
from vurti.api.v1.served import PREFIX, Served
from vurti.repository import AllReader, VdsRecord, VmRecord
from vurti.repository.found import fields, find

TAG = Tag(name="explain", description="Which rules, on whose word; what is waited for.")


def explained_of(served: Served) -> APIBlueprint:
    """The resources."""
    resources = APIBlueprint("explain", __name__, abp_tags=[TAG], url_prefix=PREFIX)

    @resources.get("/vms/<path:vm>/explain", responses=described.one("Explained"))
    def explain_vm(path: OfVm, query: Explained) -> Response:
        """Explain a VM's state"""
        found = served.ask(
            lambda reader: _found(served, reader, reader.vdss.vms.get(path.vm), query.events)
        )
        if found is None:
            raise missing("VM", path.vm)
        return answer(found)

    @resources.get("/hosts/<path:host>/explain", responses=described.one("Explained"))
    def explain_host(path: OfHost, query: Explained) -> Response:
        """Explain a host's state"""
        found = served.ask(
            lambda reader: _found(served, reader, reader.vdss.get(path.host), query.events)
        )
        if found is None:
            raise missing("host", path.host)
        return answer(found)

    @resources.get("/explanations/<path:thing>", responses=described.one("Explanation"))
    def explanation(path: OfThing) -> Response:
        """Get what is kept of why a VM or host is as it is"""
        found = served.ask(lambda reader: reader.explanations.get(path.thing))
        if found is None:
            raise missing("explanation of", path.thing)
        return answer(msgspec.to_builtins(found))

    return resources


def _found(
    served: Served, reader: AllReader, record: VdsRecord | VmRecord | None, events: int
) -> Object | None:
    if record is None:
        return None
    found = fields(find(reader, record, events, served.wall(), served.stale_secs))
    return {name: value for name, value in found.items() if name != "age_secs"}
