"""``playhead eval --baseline``: an evaluation compared with an earlier one, so that a release does not become worse."""

from dataclasses import dataclass
from pathlib import Path

import click

from evals.comparison.comparison import compare
from evals.comparison.doubts import ComparisonError
from evals.comparison.page import write_comparison
from evals.comparison.terminal_table import print_comparison
from evals.files.results_file import read_results
from evals.results.models import Results
from evals.suites.suite import Suite


@dataclass(frozen=True, slots=True)
class Baseline:
    """Earlier results, read before the measurement, so that a wrong file costs no waiting."""

    name: str
    results: Results

    @classmethod
    def read(cls, path: Path, suite: Suite | None) -> "Baseline":
        """The results at ``path``, for an evaluation of ``suite``. Raises ``ResultsError`` or
        ``ComparisonError``."""
        results = read_results(path)
        if suite is not None and suite.suite != results.suite.name:
            raise ComparisonError(
                f"{path} contains results of the suite {results.suite.name!r}, but {suite.suite!r} would be played: "
                "give a baseline of the same suite."
            )
        return cls(str(path), results)

    def gate(self, results: Results, out: Path) -> int:
        """Compare, write comparison.html and comparison.json into ``out``, print the comparison, and return the exit
        code of both verdicts: a failure outweighs an inconclusive result. Raises ``ComparisonError`` or
        ``OutputError``."""
        comparison = compare(self.results, results, names=(self.name, str(out)))
        write_comparison(out, comparison)
        print_comparison(comparison)
        click.echo(f"comparison {(out / 'comparison.html').resolve()}")
        codes = {results.verdict.exit_code, comparison.exit_code}
        return 1 if 1 in codes else max(codes)
