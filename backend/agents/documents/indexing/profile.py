"""Who and when a document is about. Its passages inherit both: real texts say "the Company" and "this quarter"."""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from backend.agents.documents.periods import Period
from backend.agents.documents.readers.extraction import Extraction

_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """The subjects and periods of one document, each strongest first.

    ``subjects`` are names and short names of who or what it is about (a company, a person, a product). ``period_end``
    is the ISO date on which its own period ends, empty if unknown.
    """

    subjects: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
    period_end: str = ""


def profile_of(extraction: Extraction, name: str) -> Profile:
    """The profile of a document, from its path in the folder (``name``), its title, headings, fields and text."""
    del extraction, name
    return Profile()


def subject_key(name: str) -> str:
    """The name as it is looked up: without case, accents and signs, its words parted by single blanks."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return _NO_WORD.sub(" ", plain.casefold()).strip()


def stored_periods(periods: tuple[Period, ...]) -> str:
    """The periods as JSON, to be read by ``read_periods``."""
    return json.dumps([[one.year, one.quarter, one.month, one.day, int(one.fiscal)] for one in periods])


@lru_cache(maxsize=4096)
def read_periods(stored: str) -> tuple[Period, ...]:
    """The periods that ``stored_periods`` wrote."""
    return tuple(
        Period(year, quarter, month, day, bool(fiscal)) for year, quarter, month, day, fiscal in json.loads(stored)
    )
