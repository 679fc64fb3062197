"""What a question says about time: periods by name, relative ones ("latest", "previous year"), and a course of time."""

import re
from dataclasses import dataclass
from typing import Literal

Relative = Literal["", "latest", "previous"]

_UNIT = r"(?:quarter|year|month|week|period|half)"
_UNITS = (
    r"(?:quarters|years|months|weeks|periods|halves|timeframes?|10-[QK]s"
    r"|filings|reports|documents|protocols|versions)"
)
_KIND = r"(?:reported|reporting|fiscal|financial|calendar|business|quarterly|annual|monthly|historical|full)"
_LATEST = re.compile(
    rf"\b(?:latest|newest|most\s+recent(?:ly)?|most\s+up[- ]to[- ]date"
    rf"|(?:last|current|this|recent)\s+(?:{_KIND}\s+)*(?:{_UNIT}|report|filing|10-[QK]|statement)\b)",
    re.IGNORECASE,
)
_PREVIOUS = re.compile(rf"\b(?:previous|prior|preceding)\s+(?:{_KIND}\s+)*{_UNIT}\b", re.IGNORECASE)
_COURSE = re.compile(
    rf"""\b(?:
        over\s+(?:the\s+)?(?:time|course|last|past|historical|{_UNITS})
      | over\s+(?:the\s+|these\s+|those\s+)?(?:{_KIND}\s+)*(?:{_UNIT}|{_UNITS})
      | (?:across|throughout|between|among|from|per|each|every|by|in|at|during|for)\s+
        (?:the\s+|these\s+|those\s+|all\s+)?
        (?:past\s+|last\s+|previous\s+|prior\s+|different\s+|various\s+|several\s+|\d+\s+|three\s+|four\s+|five\s+)*
        (?:{_KIND}\s+)*{_UNITS}
      | (?:each|every|per|by)\s+(?:{_KIND}\s+)*{_UNIT}
      | (?:these|those|previous|prior|past|earlier|other)\s+(?:{_KIND}\s+)*{_UNITS}
      | (?:to|with|than|against|from)\s+(?:the\s+)?(?:previous|prior|past|earlier|preceding|last)\s+(?:{_KIND}\s+)*
        (?:{_UNIT}|{_UNITS}|ones?)
      | {_UNIT}\W+(?:to|over|by|on|after)\W+{_UNIT}
      | (?:changed|developed|varied|shifted|moved|grown|progressed)\s+(?:over|across|throughout|since|during)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)

_DEVELOPMENT = re.compile(r"\b(?:trend(?:s|ed|ing)?|fluctuat\w+|evol(?:ve|ves|ved|ving|ution))\b", re.IGNORECASE)
"""Words of a development, which is one within the latest report where that is asked for."""


@dataclass(frozen=True, slots=True)
class AskedTime:
    """How a question speaks of time, beside the periods that it names."""

    relative: Relative = ""
    wording: str = ""
    """The words that name a relative period."""
    wants_course: bool = False


def asked_time(text: str) -> AskedTime:
    """What a question says about time; of a latest and a previous period, both make a course."""
    latest, previous = _LATEST.search(text), _PREVIOUS.search(text)
    course = _COURSE.search(text) is not None or (latest is not None and previous is not None)
    course = course or (latest is None and _DEVELOPMENT.search(text) is not None)
    if latest is not None:
        return AskedTime("latest", " ".join(latest[0].split()), course)
    if previous is not None:
        return AskedTime("previous", " ".join(previous[0].split()), course)
    return AskedTime(wants_course=course)
