"""The files of a comparison."""

from pathlib import Path

from evals.comparison.models import Comparison
from evals.files.atomic_files import write_files


def write_comparison(folder: Path, comparison: Comparison) -> None:
    """Write comparison.json and comparison.html. Raises ``OutputError``."""
    from evals.comparison.page import comparison_html

    write_files(folder, {"comparison.json": comparison.to_json(), "comparison.html": comparison_html(comparison)})
