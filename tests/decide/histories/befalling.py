"""What befalls VMs."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.decide.histories.truth import BROKEN_OFF, ENDINGS
from tests.decide.histories.words import LATER, NOW, S, Words, fate, hosts, vms
from vurti.model import Guest, Job, PauseStatus, VmReport, VmStatus


class Befalling(Words):
    """They begin, end, and change."""

    @rule(
        vm=vms,
        host=hosts,
        fate=fate,
        status=st.sampled_from([S.WAIT_FOR_LAUNCH, S.POWERING_UP, S.UP]),
    )
    def start(self, vm: str, host: str, fate: str, status: VmStatus) -> None:
        if not self.truth.copies(vm):
            self.pass_time()
            self.truth.start(vm, host, self.fold.at, status)
            self.say(host, vm, self._pushed(host, vm), fate)

    @rule(vm=vms, host=hosts, fate=fate)
    def start_a_second_time(self, vm: str, host: str, fate: str) -> None:
        held = self.holder(vm)
        if held is not None and held != host and vm == "y":
            self.pass_time()
            self.truth.start(vm, host, self.fold.at, S.UP)
            self.say(host, vm, self._pushed(host, vm), fate)

    @rule(vm=vms, how=st.sampled_from(sorted(ENDINGS)), fate=fate)
    def end(self, vm: str, how: str, fate: str) -> None:
        for host in list(self.truth.running(vm))[:1]:
            self.pass_time()
            others = [one for one in self.truth.copies(vm) if one != host]
            self.truth.end(vm, host, ENDINGS[how])
            self.say(host, vm, ENDINGS[how], fate)
            for other in others:
                if not self.truth.machines[other].copies[vm].runs:
                    self.truth.end(vm, other, BROKEN_OFF)

    @rule(
        vm=vms,
        status=st.sampled_from(
            [
                S.UP,
                S.UP,
                S.UP,
                S.POWERING_DOWN,
                S.REBOOT_IN_PROGRESS,
                S.NOT_RESPONDING,
                S.SAVING_STATE,
                S.PAUSED,
            ]
        ),
        pause=st.sampled_from(
            [PauseStatus.NOERR, PauseStatus.ENOSPC, PauseStatus.EIO, PauseStatus.EOTHER]
        ),
        fate=fate,
    )
    def becomes(self, vm: str, status: VmStatus, pause: PauseStatus, fate: str) -> None:
        host = self.holder(vm)
        if host is not None:
            self.pass_time()
            copy = self.truth.machines[host].copies[vm]
            copy.status = status
            copy.pause = pause if status is S.PAUSED else PauseStatus.NONE
            self.say(host, vm, self._pushed(host, vm), fate, timed=fate != LATER)

    @rule(vm=vms, times=st.sampled_from([1, 3]))
    def guest_reboots(self, vm: str, times: int) -> None:
        host = self.holder(vm)
        if host is not None:
            for _ in range(times):
                self.say(host, vm, VmReport(rebooted=True), NOW)

    @rule(
        vm=vms,
        guest=st.sampled_from(
            [Guest(ip="10.0.0.1"), Guest(client_ip="192.0.2.1"), Guest(client_ip="")]
        ),
    )
    def guest_tells(self, vm: str, guest: Guest) -> None:
        for copy in self.truth.running(vm).values():
            copy.guest = guest

    @rule(vm=vms, hash=st.sampled_from("123"))
    def devices_change(self, vm: str, hash: str) -> None:
        for copy in self.truth.copies(vm).values():
            copy.hash = hash

    @rule(vm=vms, job=st.sampled_from(["merge", "copy", None]), cur=st.integers(0, 2))
    def job_goes_on(self, vm: str, job: str | None, cur: int) -> None:
        self.truth.jobs[vm] = {} if job is None else {job: Job(cur, 2)}
