"""The calibration of a machine, saved so that results of evals on it can name the harness's own error."""

import os
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.playing.harness import machine
from evals.results.harness_figures import CalibratedError, Calibration


class KeptCalibration(BaseModel):
    """A calibration with the machine it was measured on. ``measured_at`` is ISO 8601 in UTC."""

    model_config = ConfigDict(frozen=True)

    measured_at: str
    machine: dict[str, str | int | None]
    levels: tuple[Calibration, ...]


def kept_file() -> Path:
    """The file of this user's calibration: in the folder for state of the XDG base directory specification."""
    state = os.environ.get("XDG_STATE_HOME", "")
    folder = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return folder / "playhead" / "calibration.json"


def of_this_machine(levels: tuple[Calibration, ...]) -> KeptCalibration:
    """These figures with this machine and moment."""
    return KeptCalibration(
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"), machine=dict(machine()), levels=levels
    )


def calibrated_error(concurrency: int) -> CalibratedError | None:
    """The calibration on this machine at the nearest concurrency; None if there is none, or if the saved one is from
    another machine or cannot be read."""
    try:
        kept = KeptCalibration.model_validate_json(kept_file().read_bytes())
    except (OSError, ValidationError):
        return None
    if kept.machine != machine() or not kept.levels:
        return None
    level = min(kept.levels, key=lambda found: abs(found.concurrency - concurrency))
    return CalibratedError(
        concurrency=level.concurrency,
        n=level.n,
        ttft_error_median_ms=level.ttft_error_ms.median,
        ttft_error_p99_ms=level.ttft_error_ms.p99,
        gap_error_median_ms=level.gap_error_ms.median,
        gap_error_p99_ms=level.gap_error_ms.p99,
        measured_at=kept.measured_at,
    )
