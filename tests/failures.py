"""Failures and second tries are printed when they happen, beside the dots: a run that is ended from outside never comes
to its summary."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Print them where the tests run in several processes; in a single one, pytest's own options do."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and config.getoption("numprocesses", None):
        config.pluginmanager.register(_AtOnce(terminal), "failures-at-once")


class _AtOnce:
    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print a failure with its traceback, and a second try with the line that says why."""
        if report.outcome not in ("failed", "rerun"):
            return
        text = report.longreprtext
        reason = text if report.failed else text.strip().rpartition("\n")[2]
        self._terminal.write_line(f"\n{report.outcome} in {report.when}: {report.nodeid}\n{reason}")
