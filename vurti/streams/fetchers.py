"""The fetchers: each asks one host one kind of thing, and hides what kind of host it is."""

from typing import NamedTuple, assert_never

from vurti.model import Poll, Question
from vurti.streams.endpoint import Endpoint


class VdsFetcher(NamedTuple):
    """Asks a host about itself. Each method yields until there is an answer or a Missed."""

    host: str
    endpoint: Endpoint
    timeout_secs: float
    statistics_timeout_secs: float

    def capabilities(self) -> Poll:
        """What it is made of."""
        return self.endpoint.fetch(self.host, Question.CAPABILITIES, self.timeout_secs)

    def statistics(self) -> Poll:
        """A sample of it."""
        question, secs = Question.VDS_STATISTICS, self.statistics_timeout_secs
        return self.endpoint.fetch(self.host, question, secs)


class VmFetcher(NamedTuple):
    """Asks a host about its VMs. Each method yields until there is an answer or a Missed."""

    host: str
    endpoint: Endpoint
    timeout_secs: float
    statistics_timeout_secs: float

    def states(self) -> Poll:
        """The state of every VM that it has: cheap, and asked often."""
        return self.endpoint.fetch(self.host, Question.VMS, self.timeout_secs)

    def statistics(self) -> Poll:
        """A sample of each of them: dear, and asked seldom."""
        question, secs = Question.VM_STATISTICS, self.statistics_timeout_secs
        return self.endpoint.fetch(self.host, question, secs)

    def devices(self, vms: tuple[str, ...]) -> Poll:
        """What these VMs are made of."""
        return self.endpoint.fetch(self.host, Question.DEVICES, self.timeout_secs, vms)

    def external_data(self, vms: tuple[str, ...]) -> Poll:
        """What one VM keeps outside of itself: its TPM and NVRAM data."""
        return self.endpoint.fetch(self.host, Question.EXTERNAL_DATA, self.timeout_secs, vms)


class Fetchers(NamedTuple):
    """Both of one host."""

    vds: VdsFetcher
    vm: VmFetcher

    def ask(self, question: Question, vms: tuple[str, ...] = ()) -> Poll:
        """Any question, by whoever of them asks it."""
        match question:
            case Question.VMS:
                return self.vm.states()
            case Question.VM_STATISTICS:
                return self.vm.statistics()
            case Question.VDS_STATISTICS:
                return self.vds.statistics()
            case Question.CAPABILITIES:
                return self.vds.capabilities()
            case Question.DEVICES:
                return self.vm.devices(vms)
            case Question.EXTERNAL_DATA:
                return self.vm.external_data(vms)
        assert_never(question)


def fetchers(
    host: str, endpoint: Endpoint, timeout_secs: float, statistics_timeout_secs: float
) -> Fetchers:
    """Those of one host."""
    secs = (timeout_secs, statistics_timeout_secs)
    return Fetchers(VdsFetcher(host, endpoint, *secs), VmFetcher(host, endpoint, *secs))
