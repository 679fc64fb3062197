"""The second try of a test, and how many were needed: each is a defect, so their number ends every summary.

A browser, a UI and a backend on two shared cores may be starved for longer than any deadline, and a comparison of times
may meet a neighbour on the machine. So tests with a browser, a server or many processes, and those that compare times,
are tried once more. Each of those tries is listed as RERUN.
"""

from collections.abc import Iterator

import pytest

_MARKS = ("browser", "server", "alone", "faults")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test with one of the marks a second try."""
    for item in items:
        if any(item.get_closest_marker(mark) for mark in _MARKS):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """The number of second tries, also where it is 0, behind everything but pytest's own last line."""
    yield
    terminalreporter.write_line(f"reruns: {len(terminalreporter.stats.get('rerun', ()))}")
