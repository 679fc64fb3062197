"""The error and the effort of the harness, as ``results.json`` has them, measured beside every suite and by a
calibration. See ``evals.results.models`` for the whole file."""

from evals.results.run import Part


class LagFigures(Part):
    """Delays in milliseconds, pooled over all runs."""

    p50: float | None
    p99: float | None
    max: float | None
    n: int


class ErrorFigures(Part):
    """The error of measured times, in milliseconds. ``p99`` is null with fewer than 368 values, which are too few for
    an interval.
    """

    median: float
    p99: float | None
    n: int


class Calibration(Part):
    """The harness measured against a server with known timing, at one concurrency; see
    ``evals.calibration.calibration``."""

    concurrency: int
    n: int
    ttft_error_ms: ErrorFigures
    gap_error_ms: ErrorFigures
    ttft_beyond_due_ms: ErrorFigures
    receive_lag_ms: ErrorFigures | None
    loop_lag_ms: ErrorFigures
    cpu_share: float | None
    cpu_pressure: float | None


class CalibratedError(Part):
    """The harness's total error against a server with known timing, in milliseconds: measured on this machine by
    ``playhead bench calibrate``, at the concurrency nearest to the suite's.
    """

    concurrency: int
    n: int
    ttft_error_median_ms: float
    ttft_error_p99_ms: float | None
    gap_error_median_ms: float | None
    gap_error_p99_ms: float | None
    measured_at: str


class Harness(Part):
    """The harness's error and effort. ``load`` is the machine's one-minute load average before and after the suite;
    ``cpu_pressure`` is the share of the time in which some task had to wait for a core, null where the system does not
    report it. ``kernel_lag_ms`` is the harness's stamp minus the kernel's receive stamp, null where the kernel gives
    none. ``send_delay_ms`` is how much later than due the requests left, connecting included: after the scheduled start
    in an open loop, else after the run before it had ended; a burst of requests leaves one after the other. Only
    the times from the intended start contain it. Every value is null where recordings were scored, since nothing was
    measured here.
    """

    receive_lag_ms: LagFigures
    receive_lag_basis: str
    kernel_lag_ms: LagFigures | None = None
    delivery_jitter_ms: LagFigures | None = None
    send_delay_ms: LagFigures | None = None
    loop_lag_ms: LagFigures
    cpu_share: float | None
    cpu_pressure: float | None = None
    load: dict[str, float | None]
    lasted_s: float | None
    calibration: CalibratedError | None = None
