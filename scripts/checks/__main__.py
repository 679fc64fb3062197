"""Ask both UIs every question: ``make checks``, or ``python -m scripts.checks [CHECK …] [--ui NAME]``.

Prints a line for each finding, and ends with 1 where a goal is missed. On a busy machine times miss their goals: the
first line has its load.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from playwright.async_api import Error as PlaywrightError

from backend.launch.server import LocalServer
from evals.pages.browser import BrowserMissing, check_browser, open_browser
from evals.pages.page_target import served
from scripts.checks import composer, narrow, scroll, settling, strip_speed, strip_truth, tasks
from scripts.checks.stage import Finding, Stage

CHECKS: dict[str, Callable[[Stage], Awaitable[list[Finding]]]] = {
    "narrow": narrow.check,
    "scroll": scroll.check,
    "composer": composer.check,
    "strip-speed": strip_speed.check,
    "strip-truth": strip_truth.check,
    "settling": settling.check,
    "tasks": tasks.check,
}
UIS = ("ui_gradio", "ui_streamlit")
TEST_SCENARIOS = Path(__file__).resolve().parent.parent.parent / "tests" / "ui" / "scenarios"


def main() -> None:
    """Run the checks that were asked for, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"of {', '.join(CHECKS)} (default: all)")
    parser.add_argument("--ui", choices=UIS, action="append", help="default: both")
    options = parser.parse_args()
    unknown = [name for name in options.checks if name not in CHECKS]
    if unknown:
        parser.error(f"there is no check {unknown[0]!r}: choose from {', '.join(CHECKS)}")
    try:
        check_browser()
    except BrowserMissing as error:
        sys.exit(str(error))
    say("load of the machine " + " ".join(f"{load:.1f}" for load in os.getloadavg()))
    with tempfile.TemporaryDirectory() as folder:
        scenarios = Path(folder) / "scenarios"
        shutil.copytree(TEST_SCENARIOS, scenarios)
        (scenarios / "minute.yaml").write_text(scroll.SCENARIO, encoding="utf-8")
        (scenarios / "load.yaml").write_text(strip_speed.scenario(), encoding="utf-8")
        with LocalServer(Path(folder) / "data", scenarios_dir=scenarios) as backend:
            missed = asyncio.run(ask(backend.url, options.ui or UIS, options.checks or list(CHECKS)))
    say(f"{missed} goals missed")
    sys.exit(1 if missed else 0)


async def ask(backend_url: str, uis: Sequence[str], checks: Sequence[str]) -> int:
    """Run these checks on these UIs and print; gives the number of goals that are missed."""
    missed = 0
    async with open_browser() as browser:
        for name in uis:
            with served(name, backend_url) as url:
                for check in checks:
                    for finding in await findings_of(check, Stage(name, url, backend_url, browser)):
                        missed += finding.met is False
                        mark = {True: "met", False: "MISSED", None: ""}[finding.met]
                        goal = f" (goal: {finding.goal})" if finding.goal else ""
                        say(f"{name.removeprefix('ui_'):<10} {mark:<7} {finding.about}: {finding.found}{goal}")
    return missed


async def findings_of(check: str, stage: Stage) -> list[Finding]:
    """What a check finds; one that cannot be carried to its end is a finding as well."""
    try:
        return await CHECKS[check](stage)
    except (PlaywrightError, AssertionError, ValueError, TypeError) as error:
        return [Finding(check, " ".join(str(error).split())[:300], "to be carried to its end", met=False)]


def say(text: str) -> None:
    """One line of the result."""
    print(text, flush=True)  # noqa: T201 - a script's output


if __name__ == "__main__":
    main()
