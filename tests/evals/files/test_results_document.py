"""The page that describes the files says what the code says."""

from pathlib import Path

from backend.metrics.registry import BY_KEY
from evals.files.events_parquet import COLUMNS
from evals.files.results_document import results_document
from evals.results.models import RunResult

PAGE = Path(__file__).resolve().parents[3] / "docs" / "results.md"


def test_the_page_is_what_the_code_says() -> None:
    said = PAGE.read_text(encoding="utf-8")
    assert said == results_document(), "run: python -m evals.files.results_document > docs/results.md"


def test_the_page_names_every_field_metric_and_column() -> None:
    said = results_document()
    for name in (*RunResult.model_fields, *BY_KEY):
        assert f"| `{name}` |" in said
    for name in COLUMNS:
        assert f"| {name} |" in said
    assert "| `schema` |" in said, "by the name that stands in the file"
