"""What a fleet does, as messages in a maildir."""

import json
import mailbox
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from vurti.sinks import Item, Later, Outcome, SinkKind, SinkSettings, Taken


class Settings(SinkSettings):
    """A table `[sinks.NAME]` with `kind = "maildir"`."""

    kind: Literal["maildir"] = "maildir"
    """What kind of sink it is."""

    path: Path
    """The maildir; it is made where there is none."""

    sender: str = "vurti"
    """Whom the messages are from."""


class Maildir:
    """One message a batch. A message is there as a whole, or not at all."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, items: Sequence[Item]) -> Outcome:
        """Add it. It is called in a thread of its own, so it may take its time."""
        message = EmailMessage()
        message["From"] = self._settings.sender
        message["Subject"] = f"{len(items)} event{'s' * (len(items) != 1)}"
        message["Message-ID"] = f"<{items[0].id}@{items[0].scope}.vurti>"
        message.set_content("".join(map(_line, items)))
        try:
            mailbox.Maildir(self._settings.path).add(message)
        except OSError as error:
            return Later(f"{self._settings.path}: {error.strerror or error}")
        return Taken()

    def abort(self) -> None:
        """A disk cannot be hurried."""

    def close(self) -> None:
        """Nothing is kept open."""


def _line(item: Item) -> str:
    told = json.loads(item.line)
    return f"{item.subject}: {told.get('before')} -> {told.get('after')} {told.get('reason', '')}\n"


def _open(_name: str, settings: Settings) -> Maildir:
    return Maildir(settings)


SINK = SinkKind("maildir", Settings, _open)
