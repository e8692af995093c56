"""What is known, kept: the records of hosts and VMs, and the log of what happened to them.

`VdsRepository` and its one `VmRepository` hold the records of a scope; `Repository` writes them, in
one transaction a commit; `Reader` looks on from elsewhere, `Announcer` puts announcements in.
"""

from vurti.repository.all_logs import AllLogs, Entry, parsed_places
from vurti.repository.announcer import Announcer, open_for_announcing
from vurti.repository.base import replayed
from vurti.repository.following import Tail
from vurti.repository.promises import PromiseRepository
from vurti.repository.reader import (
    AllReader,
    Reader,
    Records,
    open_all_for_reading,
    open_all_in_worker,
    open_for_reading,
)
from vurti.repository.records import VdsRecord, VmRecord, VmText
from vurti.repository.repository import Repository, open_repository
from vurti.repository.retention import Retention
from vurti.repository.standing import Standing
from vurti.repository.vdss import VdsRepository
from vurti.repository.vms import VmRepository

__all__ = [
    "AllLogs",
    "AllReader",
    "Announcer",
    "Entry",
    "PromiseRepository",
    "Reader",
    "Records",
    "Repository",
    "Retention",
    "Standing",
    "Tail",
    "VdsRecord",
    "VdsRepository",
    "VmRecord",
    "VmRepository",
    "VmText",
    "open_all_for_reading",
    "open_all_in_worker",
    "open_for_announcing",
    "open_for_reading",
    "open_repository",
    "parsed_places",
    "replayed",
]
