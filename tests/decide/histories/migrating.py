"""VMs go from host to host."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.decide.histories.truth import BROKEN_OFF, MIGRATED_AWAY
from tests.decide.histories.words import S, Words, fate, fates, hosts, vms
from vurti.model import PauseStatus, VmReport
from vurti.testing.fold import report


class Migrating(Words):
    """By a manager's will or by themselves: nobody here knows."""

    @rule(vm=vms, to=hosts, fates=fates)
    def migration_begins(self, vm: str, to: str, fates: tuple[str, ...]) -> None:
        source = self.holder(vm)
        if (
            source is None
            or source == to
            or self.truth.machines[source].copies[vm].status is not S.UP
        ):
            return
        self.pass_time()
        self.truth.leave(vm, source, to, self.fold.at)
        self.say(to, vm, self._pushed(to, vm), fates[0])
        self.say(source, vm, VmReport(status=S.MIGRATING_FROM), fates[1])

    def migrating(self, vm: str) -> tuple[str, str] | None:
        """From where to where, while both have it."""
        copies = self.truth.copies(vm)
        going = [host for host, copy in copies.items() if copy.status is S.MIGRATING_FROM]
        coming = [host for host, copy in copies.items() if copy.status is S.MIGRATING_TO]
        return (going[0], coming[0]) if going and coming else None

    @rule(vm=vms, fates=fates, secs=st.sampled_from([0.0, 3.0]))
    def migration_succeeds(self, vm: str, fates: tuple[str, ...], secs: float) -> None:
        if way := self.migrating(vm):
            source, to = way
            self.pass_time()
            self.truth.arrive(vm, to, self.fold.at)
            self.truth.end(vm, source, MIGRATED_AWAY)
            self.say(to, vm, self._pushed(to, vm), fates[0])
            self.pass_time(secs)
            self.say(source, vm, MIGRATED_AWAY, fates[1])

    @rule(vm=vms, fates=fates)
    def migration_fails(self, vm: str, fates: tuple[str, ...]) -> None:
        if way := self.migrating(vm):
            source, to = way
            self.pass_time()
            self.truth.end(vm, to, BROKEN_OFF)
            self.truth.machines[source].copies[vm].status = S.UP
            self.say(to, vm, BROKEN_OFF, fates[0])
            self.say(source, vm, VmReport(status=S.UP), fates[1])

    @rule(vm=vms, fates=fates, done=fates)
    def migration_switches_to_post_copy(
        self, vm: str, fates: tuple[str, ...], done: tuple[str, ...]
    ) -> None:
        if way := self.migrating(vm):
            source, to = way
            self.pass_time()
            left = self.truth.machines[source].copies[vm]
            left.status, left.pause = S.PAUSED, PauseStatus.POSTCOPY
            self.truth.arrive(vm, to, self.fold.at)
            self.say(source, vm, report(S.PAUSED, pause_status=PauseStatus.POSTCOPY), fates[0])
            self.say(to, vm, self._pushed(to, vm), fates[1])

    @rule(vm=vms, fate=fate)
    def post_copy_is_done(self, vm: str, fate: str) -> None:
        for host, copy in self.truth.copies(vm).items():
            if copy.pause is PauseStatus.POSTCOPY:
                self.pass_time()
                self.truth.end(vm, host, MIGRATED_AWAY)
                self.say(host, vm, MIGRATED_AWAY, fate)
