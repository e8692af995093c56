"""/vms and /vms/VM."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from msgspec import Raw

from vurti.api.v1 import described
from vurti.api.v1.answers import Object, answer, chosen, missing, page, wants_any
from vurti.api.v1.asked import Fields, OfVm, Vms
from vurti.api.v1.served import PREFIX, Served
from vurti.repository import AllReader, VmRecord, VmText
from vurti.repository.rows import VM_LONG
from vurti.wire import record

TAG = Tag(name="vms", description="VMs as they are stored, and when their host was last heard.")


def vms_of(served: Served) -> APIBlueprint:
    """The resources."""
    resources = APIBlueprint("vms", __name__, abp_tags=[TAG], url_prefix=PREFIX)

    @resources.get("/vms", responses=described.a_page_of("Vm"))
    def vms(query: Vms) -> Response:
        """List VMs"""
        now = served.wall()
        wanted = query.model_dump(exclude={"fields"})
        if query.fields is None:
            texts = served.ask(lambda reader: reader.vdss.vms.texts(**wanted))
            told = [_told(one, now, served.stale_secs) for one in texts]
            return page(told, query.limit, texts[-1].id if texts else None, now)

        def ask(reader: AllReader) -> list[Object]:
            records = reader.vdss.vms.list(**wanted, whole=wants_any(query.fields, VM_LONG))
            return [_object(one, now, served.stale_secs) for one in records]

        found = served.ask(ask)
        next_ = found[-1]["id"] if found else None
        return page(chosen(found, query.fields, VM_LONG), query.limit, next_, now)

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
    stale = record.is_stale_vm(one.value.run_on, one.heard_at, now, stale_secs)
    return {**record.fields(one), "stale": stale}


def _told(one: VmText, now: float, stale_secs: float) -> Raw:
    """The same object, of one that is JSON already."""
    stale = record.is_stale_vm(one.run_on, one.heard_at, now, stale_secs)
    return Raw(f'{one.text[:-1]},"stale":{"true" if stale else "false"}}}')
