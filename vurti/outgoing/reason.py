"""Why a request of requests has failed, in a few words and without its URL."""

import ssl

_CHAIN_MAX = 20


def reason_of(error: BaseException) -> str:
    """The cause in a few words, dug out of all that wraps it."""
    chain = causes(error)
    for one in chain:
        if isinstance(one, ssl.SSLError):
            return f"no TLS: {getattr(one, 'verify_message', '') or one.reason or 'refused'}"
        if isinstance(one, OSError) and "timed out" in str(one).lower():
            return "no answer in time"
    for one in chain:
        if isinstance(one, OSError) and one.strerror:
            return str(one.strerror)
    return f"the connection failed: {type(chain[-1]).__name__}"


def causes(error: BaseException) -> list[BaseException]:
    """The error and all that led to it, outermost first."""
    chain: list[BaseException] = []
    waiting = [error]
    while waiting and len(chain) < _CHAIN_MAX:
        one = waiting.pop(0)
        if one not in chain:
            chain.append(one)
            near = [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
            waiting.extend(cause for cause in near if isinstance(cause, BaseException))
    return chain
