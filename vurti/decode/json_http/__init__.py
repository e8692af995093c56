"""What agents and bridges say in JSON, version 1. docs/sources.md and the schema beside the source
tell what it looks like."""

from vurti.decode.json_http.answers import (
    VERSION,
    JsonDecodeError,
    PushLine,
    answer,
    document,
    push_line,
)
from vurti.decode.json_http.records import Document, Told

__all__ = [
    "VERSION",
    "Document",
    "JsonDecodeError",
    "PushLine",
    "Told",
    "answer",
    "document",
    "push_line",
]
