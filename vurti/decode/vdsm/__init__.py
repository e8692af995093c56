"""What vdsm says, over JSON-RPC and over XML-RPC alike, as values. Pure: words in, values out.

Types are not to be trusted: one field comes as text, as a number or not at all, from one version
to the next. What cannot be understood is unknown, and spares its neighbours.
"""

from vurti.decode.vdsm.capabilities import capabilities, with_hardware
from vurti.decode.vdsm.events import migration_event, vm_status_event
from vurti.decode.vdsm.host import vds_statistics
from vurti.decode.vdsm.known import Known
from vurti.decode.vdsm.outside import external_data, vm_devices
from vurti.decode.vdsm.reading import VdsmDecodeError, parsed
from vurti.decode.vdsm.states import vm_list, vm_states, vm_states_json
from vurti.decode.vdsm.statistics import vm_statistics, vm_statistics_json

__all__ = [
    "Known",
    "VdsmDecodeError",
    "capabilities",
    "external_data",
    "migration_event",
    "parsed",
    "vds_statistics",
    "vm_devices",
    "vm_list",
    "vm_states",
    "vm_states_json",
    "vm_statistics",
    "vm_statistics_json",
    "vm_status_event",
    "with_hardware",
]
