"""The fetchers: each asks one host one kind of thing, and hides what kind of host it is."""

from typing import NamedTuple

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
