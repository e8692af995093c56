"""Who asks the API, and who reads its live stream. All 0 where nothing is served."""

from collections.abc import Callable, Iterable

from vurti.api.counts import CLASSES, Stream
from vurti.api.metrics.family import Family, Sample, counter, gauge
from vurti.api.metrics.watched import Process


def _stream(read: Callable[[Stream], float]) -> Callable[[Process], Iterable[Sample]]:
    """One figure of the live stream."""

    def samples(process: Process) -> Iterable[Sample]:
        stream = process.api.stream
        return [((), 0.0 if stream is None else read(stream))]

    return samples


SERVING: tuple[Family[Process], ...] = (
    counter(
        "vurti_api_answers_total", "Answers of the API, by the class of their status.",
        lambda process: [((one,), process.api.answered[one]) for one in CLASSES], "status",
    ),
    counter(
        "vurti_api_refused_total", "Those of them that a limit of rate refused.",
        lambda process: [((), process.api.refused)],
    ),
    gauge(
        "vurti_stream_readers", "Who reads the live stream now.",
        _stream(lambda stream: stream.readers),
    ),
    counter(
        "vurti_stream_resyncs_total",
        "Times at which a reader was told to read the state anew: it was too far behind.",
        _stream(lambda stream: stream.resyncs),
    ),
    counter(
        "vurti_stream_failures_total", "Times at which the log could not be read for it.",
        _stream(lambda stream: stream.failures),
    ),
    gauge(
        "vurti_stream_buffered_bytes", "Events that are kept ready for all readers.",
        _stream(lambda stream: stream.buffered_bytes),
    ),
)  # fmt: skip
