"""A webhook: events as CloudEvents in signed requests to an HTTP receiver. See docs/sinks.md."""

from vurti.sinks.webhook.settings import WebhookSettings
from vurti.streams.sink import Sink, SinkKind


def _open(_name: str, settings: WebhookSettings) -> Sink:
    from vurti.sinks.webhook.sink import WebhookSink  # who has no such sink loads no requests

    return WebhookSink(settings)


SINK = SinkKind("webhook", WebhookSettings, _open)
