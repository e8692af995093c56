"""/vms and /vms/VM."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from vurti.api.v1 import described
from vurti.api.v1.answers import Object, answer, chosen, missing, page
from vurti.api.v1.asked import Fields, OfVm, Vms
from vurti.api.v1.served import PREFIX, Served
from vurti.repository import AllReader, VmRecord
from vurti.wire import record

LONG = frozenset({"guest", "hardware"})
"""Fields that a list leaves out unless they are asked for."""
TAG = Tag(name="vms", description="VMs as they are stored, and when their host was last heard.")


def vms_of(served: Served) -> APIBlueprint:
    """The resources."""
    resources = APIBlueprint("vms", __name__, abp_tags=[TAG], url_prefix=PREFIX)

    @resources.get("/vms", responses=described.a_page_of("Vm"))
    def vms(query: Vms) -> Response:
        """List VMs"""
        now = served.wall()

        def ask(reader: AllReader) -> list[Object]:
            records = reader.vdss.vms.list(
                status=query.status,
                host=query.host,
                cluster=query.cluster,
                name=query.name,
                after=query.after,
                limit=query.limit,
            )
            return [_object(one, now, served.stale_secs) for one in records]

        found = served.ask(ask)
        next_ = found[-1]["id"] if found else None
        return page(chosen(found, query.fields, LONG), query.limit, next_, now)

    @resources.get("/vms/<path:vm>", responses=described.one("Vm"))
    def vm(path: OfVm, query: Fields) -> Response:
        """Get a VM"""
        record = served.ask(lambda reader: reader.vdss.vms.get(path.vm))
        if record is None:
            raise missing("VM", path.vm)
        found = _object(record, served.wall(), served.stale_secs)
        return answer(chosen([found], query.fields, frozenset())[0])

    return resources


def _object(one: VmRecord, now: float, stale_secs: float) -> Object:
    return {**record.fields(one), "stale": record.is_stale_vm(one, now, stale_secs)}
