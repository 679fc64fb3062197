"""The server's numbers at one moment, as Prometheus takes them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar, get_args

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from backend import __version__
from backend.agents.catalogue import PreparationState
from backend.api.monitoring.definitions import METRICS, ServerMetric
from backend.api.services import Services
from backend.protocol.events import Outcome
from backend.runs.event_lag import BOUNDS_S, EventLag
from backend.runs.run_counts import RunRefusal
from backend.runs.state import RunState, is_active
from backend.runs.store_load import StoreLoad

_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_REASONS: tuple[RunRefusal, ...] = get_args(RunRefusal)
_STATES: tuple[RunState, ...] = tuple(state for state in get_args(RunState) if is_active(state))
_PREPARED: tuple[PreparationState, ...] = ("waiting", "preparing", "ready", "failed")

Label = TypeVar("Label", bound=str)

Values = float | Mapping[str, float]
"""The value of a metric, or of each of its labels."""


class ServerCollector(Collector):
    """Reads the services whenever Prometheus asks; nothing is counted twice. Belongs to the event loop."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """Every metric with its values now. A label that had no value yet is 0, so that a rate can be taken."""
        load = self._services.store_load()
        values = self._values(load)
        for name, metric in METRICS.items():
            yield _histogram(metric, load.lag) if metric.kind == "histogram" else _family(metric, values[name])

    def _values(self, load: StoreLoad) -> dict[str, Values]:
        services = self._services
        counts = services.supervisor.counts
        active = services.supervisor.active()
        workers = Counter("ready" if each.ready else "preparing" for each in services.catalogue.workers)
        prepared = Counter(each.state for each in services.catalogue.preparations)
        return {
            "playhead_build_info": {__version__: 1},
            "playhead_runs_started_total": counts.accepted,
            "playhead_runs_ended_total": _of_each(_OUTCOMES, counts.ended),
            "playhead_deployment_runs_ended_total": _of_each(
                _OUTCOMES, counts.ended if counts.ended_anywhere is None else counts.ended_anywhere
            ),
            "playhead_runs_refused_total": _of_each(_REASONS, counts.refused),
            "playhead_runs_removed_total": counts.removed,
            "playhead_runs_active": _of_each(_STATES, Counter(active)),
            "playhead_runs_active_max": services.settings.max_concurrent_runs,
            "playhead_watchers": services.supervisor.watching_now,
            "playhead_streams_open": len(services.streams),
            "playhead_control_sockets_open": len(services.channels),
            "playhead_store_unsaved_runs": load.unsaved_runs,
            "playhead_store_waiting_writes": load.waiting_writes,
            "playhead_store_errors_total": load.errors,
            "playhead_store_size_bytes": load.sizes,
            "playhead_agents": _of_each(_PREPARED, prepared),
            "playhead_workers": _of_each(("ready", "preparing"), workers),
            "playhead_worker_slots": sum(each.slots for each in services.catalogue.workers),
            "playhead_worker_runs": sum(each.running for each in services.catalogue.workers),
            "playhead_server_stopping": services.supervisor.stopping,
        }


def server_registry(services: Services) -> CollectorRegistry:
    """The server's numbers and those of its process, apart from those of any other server in the process."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(ServerCollector(services))
    ProcessCollector(registry=registry)
    return registry


def _of_each(labels: Sequence[Label], counted: Mapping[Label, int]) -> dict[str, float]:
    return {str(label): counted.get(label, 0) for label in labels}


def _family(metric: ServerMetric, values: Values) -> Metric:
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = kind(metric.name, metric.help, labels=[metric.label] if metric.label else None)
    if isinstance(values, Mapping):
        for label, value in values.items():
            family.add_metric([label], value)
    else:
        family.add_metric([], values)
    return family


def _histogram(metric: ServerMetric, lag: EventLag) -> Metric:
    family = HistogramMetricFamily(metric.name, metric.help)
    total, buckets = 0, []
    for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), lag.counts, strict=True):
        total += count
        buckets.append((bound, total))
    family.add_metric([], buckets, lag.sum_s)
    return family
