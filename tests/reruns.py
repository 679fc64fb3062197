"""The second try of a browser test, and how many were needed: each is a defect, so their number ends every summary.

A browser, a UI and a backend on two shared cores may be starved for longer than any deadline, so a browser test is
tried once more. Each of those tries is listed as RERUN.
"""

from collections.abc import Iterator

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each browser test a second try."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """The number of second tries, also where it is 0, behind everything but pytest's own last line."""
    yield
    terminalreporter.write_line(f"reruns: {len(terminalreporter.stats.get('rerun', ()))}")
