"""What hosts say by themselves, as JSON-RPC notifications."""

from vurti.model.status import PAUSED_BY_ERROR, VmStatus
from vurti.simulator.encoding import to_json
from vurti.simulator.records import Moment, Records
from vurti.simulator.vm_stats import Record
from vurti.simulator.words import EXIT_CODE, EXIT_REASON, STATUS
from vurti.world.machine import Run
from vurti.world.values import Notice

_TELLS_ALL = frozenset({VmStatus.UP, VmStatus.MIGRATING_TO})


def notification(method: str, params: Record) -> bytes:
    """One event."""
    return to_json({"jsonrpc": "2.0", "method": method, "params": params})


def vm_status(notice: Notice, id: str, notify_time: int, records: Records, now: float) -> bytes:
    """A VM changed. What is told of it depends on what it changed to; never all of it."""
    told = _told(notice, id, records, Moment(now, notify_time))
    return notification(f"|virt|VM_status|{id}", {id: told, "notify_time": notify_time})


def _told(notice: Notice, id: str, records: Records, moment: Moment) -> Record:
    listed = notice.vm
    status: Record = {"status": STATUS[listed.status]}
    if listed.exit_status is not None and listed.exit_reason is not None:
        return status | {
            "vmId": id,
            "exitCode": EXIT_CODE[listed.exit_status],
            "exitReason": EXIT_REASON[listed.exit_reason],
            "exitMessage": listed.exit_message,
            "timeOffset": "0",
        }
    if listed.status is VmStatus.PAUSED and listed.pause_status in PAUSED_BY_ERROR:
        broken = {"alias": "ua-7c9e", "name": "vda", "path": "/rhev/data-center/mnt/blockSD/vda"}
        return status | {"pauseCode": listed.pause_status.value, "ioerror": broken}
    run = records.find(id)
    if listed.status in _TELLS_ALL and run is not None and run.listed is listed:
        return records.record(run, moment)
    return status


def migration_progress(run: Run, id: str, progress: int, notify_time: int) -> bytes:
    """How far a migration has come."""
    told = {"status": STATUS[run.listed.status], "progress": progress, "postcopy": False}
    return notification(f"|virt|VM_migration_status|{id}", {id: told, "notify_time": notify_time})


def host_conn(notify_time: int) -> bytes:
    """The host's network is another than it was: its capabilities are worth asking for anew."""
    return notification("|net|host_conn|no_id", {"notify_time": notify_time})
