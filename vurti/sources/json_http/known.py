"""What an agent answered last to one question: kept while it says that nothing has changed."""

from msgspec import Raw
from requests import Response

from vurti.decode import json_http as decode
from vurti.model import Answer, Miss, Question
from vurti.sources.dial import Trouble

_ONLY = ""
"""Where the record stands of an answer that is of one host."""


class Known:
    """One answer, for all hosts that are in it. A host's record is decoded when it is first asked
    for; later the very same value is given. `names_hosts`: whether it tells its hosts apart."""

    def __init__(self, question: Question, body: bytes, etag: str | None) -> None:
        self.etag = etag
        self.question = question
        try:
            document = decode.document(body)
        except decode.JsonDecodeError as error:
            raise Trouble(Miss.DECODE, f"decode: {error}") from None
        self.names_hosts = isinstance(document.hosts, dict)
        self._records: dict[str, Raw] = (
            document.hosts if isinstance(document.hosts, dict) else {_ONLY: document.host}
        )
        self._answers: dict[str, Answer | Trouble] = {}

    def answer(self, host: str) -> Answer:
        """What it says of that host, as the agent calls it. Raises Trouble."""
        key = host if self.names_hosts else _ONLY
        if key not in self._answers and key in self._records:
            self._answers[key] = self._decoded(self._records.pop(key))
        found = self._answers.get(key)
        if found is None:
            raise Trouble(Miss.DECODE, f"decode: the answer does not tell of the host {host!r}")
        if isinstance(found, Trouble):
            raise found.again()
        return found

    def _decoded(self, record: Raw) -> Answer | Trouble:
        try:
            said = decode.answer(record, self.question)
        except decode.JsonDecodeError as error:
            return Trouble(Miss.DECODE, f"decode: {error}")
        if isinstance(said, decode.Told):
            return Trouble(said.kind, f"the agent says: {said.reason or said.kind}")
        return said


def checked(response: Response) -> None:
    """Go on where the answer is one that can be read. Raises Trouble."""
    status = response.status_code
    if status == 200:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise Trouble(Miss.BAD_REPLY, "the answer is packed, which was not asked for")
        return
    if status in (401, 403):
        raise Trouble(Miss.BAD_REPLY, f"HTTP {status}: our token or certificate was refused")
    if status == 429:
        raise Trouble(Miss.OVERLOADED, "HTTP 429: asked too often")
    if status >= 500:
        raise Trouble(Miss.NETWORK, f"HTTP {status}")
    moved = ": it leads elsewhere, which is not followed" if 300 <= status < 400 else ""
    raise Trouble(Miss.BAD_REPLY, f"HTTP {status}{moved}")
