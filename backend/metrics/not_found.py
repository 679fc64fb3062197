"""Whether a run says that it found nothing, with any agent.

An agent of Playhead sends a warning of the code ``not_found``. Any other says it in words, so the beginning of its
answer is read: what comes later ("…, but the report does not mention the cause") limits an answer and is not one.
Only English is understood; an agent that answers in another language needs the warning.
"""

import re
from typing import Final

from backend.metrics.sentences import sentences
from backend.metrics.trace import Trace
from backend.protocol.events import CitationEvent, WarningEvent

CODE: Final = "not_found"
"""The code of the warning."""

_SENTENCES_WITHOUT_SOURCE: Final = 3

_HOLDERS: Final = (
    "documents?|sources?|files?|folders?|texts?|passages?|contexts?|reports?|filings?|excerpts?|pages?|materials?|records?|"
    r"data|notes?|handbook|knowledge base|search results?|information|content|10-[KQ]"
)
_VERBS: Final = (
    "contain|provide|mention|include|disclose|specify|state|answer|cover|address|give|list|have|reveal|say|discuss|"
    "describe|offer|show|indicate"
)
_PARTICIPLES: Final = (
    "found|mentioned|provided|stated|available|disclosed|contained|specified|included|given|covered|addressed|"
    "discussed|listed|described|reported|detailed"
)
_THINGS: Final = "information|data|details?|mention|answer|evidence|passages?|documents?|results?"
_WHERE: Final = "found|available|provided|exists?|contain|about|of|on|regarding|in|indicating"
_NOT: Final = r"(?:\s+not|n['’]t)"
_SAID: Final = re.compile(
    "|".join(
        (
            rf"\b(?:could|can|did|was|were|am|is|are|do|does){_NOT}\s+(?:able\s+to\s+)?(?:find|locate|identify|determine)\b",
            r"\bcannot\s+(?:find|locate|identify|determine|answer|be\s+(?:found|answered|determined))\b",
            rf"\b(?:could|can){_NOT}\s+be\s+(?:found|answered|determined|located)\b",
            r"\b(?:unable|not\s+able)\s+to\s+(?:find|locate|identify|determine|answer|provide)\b",
            r"^\W*not\s+found\b",
            rf"\bno\s+(?:\w+\s+){{0,3}}(?:{_THINGS})\b(?=.*\b(?:{_WHERE})\b)",
            rf"\b(?:{_HOLDERS})\b[^.;:]{{0,80}}\b(?:do|does|did){_NOT}\s+(?:\w+ly\s+)?(?:{_VERBS})\b",
            rf"\bnone\s+of\s+the\b[^.;:]{{0,40}}\b(?:{_HOLDERS})\b",
            rf"\b(?:is|are|was|were){_NOT}\s+(?:\w+ly\s+)?(?:{_PARTICIPLES})\b",
            r"\bI\s+(?:do\s+not|don['’]t)\s+(?:know|have)\b",
        )
    ),
    re.IGNORECASE,
)


def says_not_found(trace: Trace) -> bool:
    """Whether the run says that nothing was found: by its warning, or in the words with which its answer begins."""
    if any(isinstance(event, WarningEvent) and event.code == CODE for event in trace.events):
        return True
    cites = any(isinstance(event, CitationEvent) for event in trace.events)
    return reads_not_found(trace.answer.text, 1 if cites else _SENTENCES_WITHOUT_SOURCE)


def reads_not_found(text: str, first: int = _SENTENCES_WITHOUT_SOURCE) -> bool:
    """Whether one of the ``first`` sentences of a text says that nothing was found."""
    return any(_SAID.search(text[part.start : part.end]) for part in sentences(text)[:first])
