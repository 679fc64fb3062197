"""Files that are there whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from evals.results import Results


class OutputError(Exception):
    """The results cannot be written; the message says where and why."""


def check_writable(folder: Path) -> None:
    """Make the folder and try to write into it, before anything is measured. Raises ``OutputError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(f"Nothing can be written to {folder}: {error.strerror or error}.") from error


def write_files(folder: Path, contents: Mapping[str, str]) -> None:
    """Write every file of ``contents`` (name to text). All are complete on the disk before the first takes
    its name, so that a full disk leaves what was there before. Raises ``OutputError``.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        for name, text in contents.items():
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", newline="\n", dir=folder, prefix=f".{name}.", delete=False
            ) as file:
                waiting.append((Path(file.name), folder / name))
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        for temporary, final in waiting:
            temporary.chmod(0o644)
            temporary.replace(final)
    except OSError as error:
        raise OutputError(f"The results cannot be written to {folder}: {error.strerror or error}.") from error
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)


def runs_csv(results: Results) -> str:
    """One line for each run: what it was, then its metrics, then what the script says (``scripted_…``)."""
    import pandas as pd

    rows = []
    for run in results.runs:
        row = run.model_dump(
            include={
                "run_id",
                "scenario",
                "agent",
                "repeat",
                "speed",
                "seed",
                "outcome",
                "expected",
                "as_expected",
            }
        )
        row |= {"started": run.started, "error": run.error, "surprises": " ".join(run.surprises) or None}
        row |= run.metrics
        row |= {f"scripted_{key}": value for key, value in (run.truth or {}).items() if value is not None}
        rows.append(row)
    return str(pd.DataFrame(rows).to_csv(index=False, lineterminator="\n"))
