"""Free memory is given back again and again where the system can take it, and nothing happens elsewhere."""

import asyncio
import ctypes
import sys
from pathlib import Path

import pytest

from backend.free_memory import give_back_forever, memory_giver

HELD = 64 * 1024
PIECES = 2000


def resident_pages() -> int:
    """How many pages of this process are in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])


@pytest.mark.skipif(memory_giver() is None, reason="this system's C library gives nothing back")
def test_what_was_freed_between_things_in_use_goes_back_to_the_system() -> None:
    give_back = memory_giver()
    assert give_back is not None
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    library.free.argtypes = (ctypes.c_void_p,)
    # Below the size from which the C library asks the system for each piece.
    pieces = [library.malloc(HELD) for _ in range(PIECES)]
    for piece in pieces:
        ctypes.memset(piece, 1, HELD)
    for piece in pieces[::2]:
        library.free(piece)
    held = resident_pages()
    give_back()
    given = (held - resident_pages()) * 4096
    for piece in pieces[1::2]:
        library.free(piece)
    assert given > PIECES // 2 * HELD * 0.8


async def test_memory_is_given_back_again_and_again() -> None:
    given = asyncio.Semaphore(0)
    loop = asyncio.get_running_loop()
    giving = asyncio.create_task(give_back_forever(lambda: loop.call_soon_threadsafe(given.release), every_s=0.0))
    for _ in range(3):
        await given.acquire()
    giving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await giving


async def test_where_nothing_can_be_given_back_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert memory_giver() is None
    await give_back_forever(memory_giver())
