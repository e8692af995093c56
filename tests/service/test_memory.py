"""Memory that is free goes back to the system."""

import ctypes
import sys
from collections.abc import Callable

import pytest

from vurti.clock.virtual_clock import VirtualClock
from vurti.service.memory import _malloc_trim, giving_memory_back

KIB_4 = 4096


def resident_kib() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def test_it_is_given_back_at_every_beat_and_not_after_the_end() -> None:
    clock, times = VirtualClock(), list[float]()
    began = clock.now()
    with giving_memory_back(clock, lambda: times.append(clock.now() - began), secs=10.0):
        clock.sleep_until(began + 35)
    clock.sleep_until(began + 100)
    assert times == [10.0, 20.0, 30.0]


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc, and glibc's malloc_trim")
def test_holes_between_what_stays_are_given_back() -> None:
    give_back = _malloc_trim()
    if give_back is None:
        pytest.skip("needs glibc's malloc_trim")
    before, after = holes(give_back)
    assert after < before / 2


def holes(give_back: Callable[[], object]) -> tuple[int, int]:
    """KiB that remain of 64 MiB that were freed, before and after it was given back. A page or
    less between them stays in use, so that the heap cannot shrink at its end."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    libc.free.argtypes = [ctypes.c_void_p]
    give_back()
    began = resident_kib()
    big, small = [], []
    for _ in range(1024):
        big.append(libc.malloc(16 * KIB_4))
        ctypes.memset(big[-1], 1, 16 * KIB_4)
        small.append(libc.malloc(1000))
    for place in big:
        libc.free(place)
    before = resident_kib() - began
    give_back()
    after = resident_kib() - began
    for place in small:
        libc.free(place)
    return before, after
