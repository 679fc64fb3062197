"""Every metric of Playhead's own, by name: what it counts, its kind and its labels.

Names and units follow Prometheus's conventions (https://prometheus.io/docs/practices/naming/): a total ends in
``_total``, and units are seconds and bytes. No label has a value for each run, conversation or person.
"""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["counter", "gauge", "histogram"]


@dataclass(frozen=True, slots=True)
class ServerMetric:
    """One metric. ``label`` is the name of its only label, or empty."""

    name: str
    kind: Kind
    help: str
    label: str = ""


METRICS: Final = {
    metric.name: metric
    for metric in (
        ServerMetric("playhead_build_info", "gauge", "Always 1; its label is the version.", "version"),
        ServerMetric("playhead_runs_started_total", "counter", "Runs that were started."),
        ServerMetric("playhead_runs_ended_total", "counter", "Runs that have ended, by outcome.", "outcome"),
        ServerMetric(
            "playhead_deployment_runs_ended_total",
            "counter",
            "Runs that have ended at all nodes since the deployment began: the same at each web node.",
            "outcome",
        ),
        ServerMetric("playhead_runs_refused_total", "counter", "Questions that no run was started for.", "reason"),
        ServerMetric("playhead_runs_removed_total", "counter", "Runs that --keep-days and --keep-bytes removed."),
        ServerMetric("playhead_runs_active", "gauge", "Runs under way, by state.", "state"),
        ServerMetric("playhead_runs_active_max", "gauge", "How many runs there may be at once (--max-runs)."),
        ServerMetric("playhead_watchers", "gauge", "Connections that watch a run which is under way."),
        ServerMetric("playhead_streams_open", "gauge", "Event streams that are open over HTTP."),
        ServerMetric("playhead_control_sockets_open", "gauge", "Control connections (WebSockets) that are open."),
        ServerMetric(
            "playhead_event_lag_seconds",
            "histogram",
            "How long the event that waited longest in a round of deliveries took from the log to its watchers.",
        ),
        ServerMetric("playhead_store_unsaved_runs", "gauge", "Runs with events that are not in the database yet."),
        ServerMetric("playhead_store_waiting_writes", "gauge", "Writes that somebody waits for."),
        ServerMetric("playhead_store_errors_total", "counter", "Reads and writes that failed.", "operation"),
        ServerMetric("playhead_store_size_bytes", "gauge", "The size of the store's files.", "file"),
        ServerMetric("playhead_agents", "gauge", "Groups of agents, by how far they are prepared.", "state"),
        ServerMetric("playhead_workers", "gauge", "Workers elsewhere, by whether their agents are prepared.", "state"),
        ServerMetric("playhead_worker_slots", "gauge", "How many runs all workers take at once (--slots)."),
        ServerMetric("playhead_worker_runs", "gauge", "Runs that the workers have."),
        ServerMetric("playhead_server_stopping", "gauge", "1 once no new run is started, else 0."),
    )
}
"""In the order in which they are sent."""
