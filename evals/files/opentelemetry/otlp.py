"""Spans as OTLP over JSON, and their delivery to a collector (https://opentelemetry.io/docs/specs/otlp/).

The format is written here and not by OpenTelemetry's SDK: a recording is over before it is exported, so none of an
SDK's services (clocks, context, sampling, batching) would be used.
"""

import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from evals.files.opentelemetry.spans import Attributes, OtelSpan, Value

TRACES_PATH: Final = "/v1/traces"
TIMEOUT_S: Final = 10.0

_KINDS: Final = {"internal": 1, "client": 3}
_ERROR: Final = 2


class SendingError(Exception):
    """The collector refused the spans; the message gives the reason."""


def otlp_json(spans: Sequence[OtelSpan], version: str) -> str:
    """An ExportTraceServiceRequest as JSON, ASCII only. ``version`` is Playhead's own."""
    return json.dumps(
        {
            "resourceSpans": [
                {
                    "resource": {"attributes": _attributes({"service.name": "playhead", "service.version": version})},
                    "scopeSpans": [
                        {"scope": {"name": "playhead", "version": version}, "spans": [_span(span) for span in spans]}
                    ],
                }
            ]
        }
    )


def send(text: str, url: str) -> None:
    """POST it to a collector: to ``url`` as it is, or to ``/v1/traces`` of an address without a path. No other address
    is contacted. Raises ``SendingError``."""
    import httpx2

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SendingError(f"{url!r} is not an address of a collector: give one such as http://127.0.0.1:4318.")
    target = url if parts.path.strip("/") else f"{url.rstrip('/')}{TRACES_PATH}"
    try:
        answer = httpx2.post(
            target,
            content=text,
            headers={"Content-Type": "application/json"},
            timeout=TIMEOUT_S,
            follow_redirects=False,
            trust_env=False,
        )
    except httpx2.HTTPError as error:
        raise SendingError(f"{target} cannot be reached: {error or type(error).__name__}.") from error
    if answer.status_code // 100 != 2:
        raise SendingError(f"{target} answered {answer.status_code}: {answer.text[:200].strip() or 'nothing else'}")
    rejected = _rejected(answer.text)
    if rejected:
        raise SendingError(f"{target} accepted only a part: {rejected}")


def _rejected(text: str) -> str:
    """The collector's message about refused spans, empty if it accepted all."""
    try:
        partial = json.loads(text or "{}").get("partialSuccess") or {}
        count = int(partial.get("rejectedSpans") or 0)
    except (ValueError, AttributeError, TypeError):
        return ""
    return f"{count} spans were refused: {partial.get('errorMessage') or 'it does not say why'}" if count else ""


def _span(span: OtelSpan) -> dict[str, Any]:
    found: dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "name": span.name,
        "kind": _KINDS[span.kind],
        # 64-bit numbers are text in the JSON mapping of protocol buffers.
        "startTimeUnixNano": str(span.started_ns),
        "endTimeUnixNano": str(span.ended_ns),
        "attributes": _attributes(span.attributes),
        "events": [
            {"name": event.name, "timeUnixNano": str(event.at_ns), "attributes": _attributes(event.attributes)}
            for event in span.events
        ],
        "status": {"code": _ERROR, "message": span.problem} if span.problem else {},
    }
    return found | ({"parentSpanId": span.parent_id} if span.parent_id else {})


def _attributes(attributes: Attributes) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in attributes.items()]


def _value(value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}
