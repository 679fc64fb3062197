"""Compares the transports and writes the tables into docs/transports.md: ``python -m benchmarks.transports``.

Run it on a quiet machine. ``playhead bench transports`` prints the same tables and changes nothing.
"""

import sys
from pathlib import Path

from evals.transports.comparison import compare_transports
from evals.transports.tables import as_markdown

PAGE = Path(__file__).resolve().parents[1] / "docs" / "transports.md"
HEADING = "## Figures\n"


def main() -> None:
    """Measure all cases, and replace what the page has below its last heading."""

    def begun(case: str) -> None:
        sys.stderr.write(f"measuring {case} ...\n")

    figures = compare_transports((), begun)
    kept = PAGE.read_text(encoding="utf-8").partition(HEADING)[0]
    tables = "\n".join(as_markdown(case) for case in figures.cases)
    machine = f"Measured on {figures.machine_text}."
    PAGE.write_text(f"{kept}{HEADING}\n{machine}\n\n{tables}", encoding="utf-8")


if __name__ == "__main__":
    main()
