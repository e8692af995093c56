"""How a request proves whose it is and that it is fresh: https://www.standardwebhooks.com."""

import base64
import hashlib
import hmac
from collections.abc import Iterable


def signed_headers(keys: Iterable[bytes], id_: str, at: int, body: bytes) -> dict[str, str]:
    """The headers for a request of that id, sent at `at` (seconds since 1970): a signature by each
    key over id, time and body. Whoever refuses old times and ids that he had, cannot be told
    anything again by a third."""
    headers = {"webhook-id": id_, "webhook-timestamp": str(at)}
    signatures = [_signature(key, id_, at, body) for key in keys]
    if signatures:
        headers["webhook-signature"] = " ".join(signatures)
    return headers


def message_id(ids: Iterable[str]) -> str:
    """The id of a request: the same for the same events, so that a repeat is seen to be one."""
    made = hashlib.blake2s(digest_size=16)
    for one in ids:
        made.update(one.encode("utf-8", "surrogatepass") + b"\0")
    return f"msg_{made.hexdigest()}"


def _signature(key: bytes, id_: str, at: int, body: bytes) -> str:
    made = hmac.new(key, f"{id_}.{at}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"
