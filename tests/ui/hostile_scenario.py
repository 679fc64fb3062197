"""A scenario that sends hostile text in every place an agent can write to."""

import json
from typing import Any

from tests.present.samples import HOSTILE, HOSTILE_MARKDOWN

TITLE = "Hostile"
_TEXT = " ".join(text for text in HOSTILE if text.isprintable())
_ADDRESSES = ("javascript:window.attacked=1", "data:text/html,<script>window.attacked=1</script>", "//evil.example/x")


def hostile_text() -> str:
    """All of it in one line."""
    return _TEXT


def hostile_scenario() -> str:
    """As YAML (JSON is YAML)."""
    timeline: list[dict[str, Any]] = [
        {
            "step": "retrieving",
            "label": _TEXT,
            "detail": _TEXT,
            "tool": {"name": _TEXT, "arguments": {_TEXT: _TEXT}, "result": [_TEXT]},
            "lasts": 0,
        },
        *(
            {"cite": number, "title": _TEXT, "source": _TEXT, "quote": _TEXT, "url": address}
            for number, address in enumerate(_ADDRESSES, 1)
        ),
        # An active link in a chart is refused before it is sent; markup is not.
        {"chart": "c", "title": HOSTILE[1], "bars": {HOSTILE[1]: 1, HOSTILE[0]: 2}},
        {"table": "t", "title": _TEXT, "columns": [_TEXT, "=1+1"], "rows": [[_TEXT, "=HYPERLINK(1)"]]},
        {"documents": "d", "title": _TEXT, "items": [{"title": _TEXT, "text": _TEXT, "url": _ADDRESSES[0]}]},
        {"value": "v", "title": _TEXT, "amount": 1, "unit": _TEXT, "detail": _TEXT},
        {"warn": "w", "message": _TEXT},
        *({"say": [f"{text}\n\n"]} for text in (*HOSTILE_MARKDOWN, _TEXT)),
        {"say": ["Sources: [1] [2] [3]."]},
        {"error": _TEXT[:40], "message": _TEXT},
    ]
    head = {"title": TITLE, "description": _TEXT[:80], "question": _TEXT, "timeline": timeline}
    return json.dumps(head).replace("${", "$ {")
