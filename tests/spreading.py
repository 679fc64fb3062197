"""How ``make test`` spreads the tests over pytest-xdist's processes, and which of them have the machine to themselves.

A process takes one file after the other, so that what a module's tests share is made once. The tests of one UI's pages
all go to one process, whatever file they are in: a UI takes longer to start than most files take to run. They are the
longest pieces and come first; next are files with a browser or servers; the short ones after them even out the ends.

A test that compares times is marked ``alone``. Nothing else runs while it does: it waits for the tests under way, and
the others wait for it. Otherwise a neighbour that comes or goes would be taken for what the test looks for.
"""

import fcntl
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

UIS = ("ui_gradio", "ui_streamlit")
"""The values of the fixture ``ui_name``, as they stand in the names of the tests."""


_MARKS = {"alone": 4, "browser": 1, "server": 2}
"""The place in the order of a file with a test of this mark; the first that fits counts."""

_PLACE_OF_OTHERS = 3


class ByFileOrUi(LoadScopeScheduling):  # type: ignore[misc]
    """A piece of work is a file, or all tests of one UI."""

    def mark_test_pending(self, item: str) -> None:
        """Have a test whose process died tried again: the piece of work that it belongs to still has it."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        return next((ui for ui in UIS if ui in test.partition("[")[2]), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Pieces of work in the order of the tests, which is chosen below: xdist's own order is by their number."""
    config.option.loadscopereorder = False
    return ByFileOrUi(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The UIs first, then other files with a browser, then those with servers: the longest pieces before the short
    ones. Files with tests that hold everybody up are last."""
    if not is_one_of_several(config):
        return
    marked = {name: {item.path for item in items if item.get_closest_marker(name)} for name in _MARKS}

    def place(item: pytest.Item) -> int:
        if "ui_name" in getattr(item, "fixturenames", ()):
            return 0
        return next((place for name, place in _MARKS.items() if item.path in marked[name]), _PLACE_OF_OTHERS)

    items.sort(key=place)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Begin a test when it may; the time it waits for that is none of its own time-out."""
    if not is_one_of_several(item.config):
        return (yield)
    alone = item.get_closest_marker("alone") is not None
    with in_turn(item.config.cache.mkdir("turns"), alone=alone):
        return (yield)


def is_one_of_several(config: pytest.Config) -> bool:
    """Whether this is a process of pytest-xdist: what its documentation gives to tell it by."""
    return hasattr(config, "workerinput")


@contextmanager
def in_turn(folder: Path, *, alone: bool) -> Iterator[None]:
    """Be among all others who are here, or alone; ``folder`` is what they share.

    Whoever comes passes the door first. Somebody who wants to be alone stays in it until the others have left, and
    so is not kept waiting by those who come after."""
    with ExitStack() as held:
        room = held.enter_context((folder / "room").open("w"))
        with (folder / "door").open("w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
