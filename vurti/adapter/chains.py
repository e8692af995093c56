"""The configuration's streams, each behind the one that it is made of."""

from typing import Any

from reactivex import Observable

from vurti.adapter.parts import Chain


def chained(
    streams: dict[str, Observable[Any]], chains: dict[str, Chain]
) -> dict[str, Observable[Any]]:
    """The streams of these chains over those that are there. The order is free; that there is no
    circle was checked when the configuration was read."""
    made: dict[str, Observable[Any]] = {}

    def stream(name: str) -> Observable[Any]:
        if name in streams:
            return streams[name]
        if name not in made:
            chain = chains[name]
            made[name] = stream(chain.source).pipe(chain.operator)
        return made[name]

    return {name: stream(name) for name in chains}
