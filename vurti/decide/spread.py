"""Moments that are spread over the things of a fleet, the same at every start (contract 16)."""

import zlib


def spread(thing: str, secs: float) -> float:
    """About `secs`, up to a quarter more or less, by a stable hash of the thing."""
    return secs * (0.75 + 0.5 * zlib.crc32(thing.encode()) / 2**32)
