"""The bridge from an async generator to a thread: a turn while nothing comes, the newest item, no work left over."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator

import pytest

from backend.client.background import Background, NewestItem
from tests.fakes import turn


@pytest.fixture
def background() -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


async def numbers(count: int) -> AsyncGenerator[int, None]:
    for number in range(count):
        yield number
        await turn()


def test_the_last_item_is_never_missed(background: Background) -> None:
    items = [item for item in background.iterate(numbers(1000)) if item is not None]
    assert items == sorted(items)
    assert items[-1] == 999


def test_the_thread_gets_its_turn_while_nothing_comes(background: Background) -> None:
    async def silent() -> AsyncGenerator[int, None]:
        await asyncio.Event().wait()
        yield 1

    items = background.iterate(silent(), tick_s=0.001)
    assert [next(items), next(items)] == [None, None]
    items.close()


def test_what_the_source_raises_comes_after_its_items(background: Background) -> None:
    async def failing() -> AsyncGenerator[int, None]:
        yield 1
        raise ValueError("the source failed")

    seen: list[int | None] = []
    with pytest.raises(ValueError, match="the source failed"):
        seen.extend(item for item in background.iterate(failing()))
    assert seen in ([], [1])


def test_closing_the_iterator_closes_the_source(background: Background) -> None:
    closed = threading.Event()

    async def endless() -> AsyncGenerator[int, None]:
        try:
            while True:
                yield 1
                await turn()
        finally:
            closed.set()

    items = background.iterate(endless())
    next(items)
    items.close()
    assert closed.wait(10)


def test_none_is_an_item_like_any_other() -> None:
    slot: NewestItem[None] = NewestItem()
    slot.put(None)
    assert slot.take(0) == ((None,), False)
    slot.close()
    assert slot.take(0) == ((), True)
