"""runs.csv: one line for each run, for spreadsheets and pandas."""

from typing import Final

from backend.protocol.spreadsheet_cells import inert
from evals.results.models import Results

_FIELDS: Final = (
    *(
        "run_id",
        "scenario",
        "group",
        "agent",
        "repeat",
        "speed",
        "seed",
        "load",
        "through",
        "disturbance",
        "worker",
        "intended_ms",
    ),
    *("outcome", "expected", "as_expected", "started", "recording", "source", "error"),
)


def runs_csv(results: Results) -> str:
    """One line for each run: its conditions, then its metrics, then the values of the script (``scripted_…``).

    A text that a spreadsheet would take for a formula has an apostrophe before it
    (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    import pandas as pd

    rows = []
    for run in results.runs:
        row = {name: getattr(run, name) for name in _FIELDS}
        labels = "; ".join(f"{name}: {value}" for name, value in run.labels.items())
        row |= {"tags": " ".join(run.tags), "labels": labels or None, "surprises": " ".join(run.surprises) or None}
        row = {name: _inert(value) for name, value in row.items()}
        row |= run.metrics
        row |= {f"scripted_{key}": value for key, value in (run.truth or {}).items() if value is not None}
        rows.append(row)
    return str(pd.DataFrame(rows).to_csv(index=False, lineterminator="\n"))


def _inert(value: object) -> object:
    if not isinstance(value, str):
        return value
    # A lone carriage return would end the line for some readers: it is not put in quotes.
    return inert(value.replace("\r", " "))
