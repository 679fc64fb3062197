"""Who and when a document is about. Its passages inherit both: real texts say "the Company" and "this quarter"."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from backend.agents.documents.indexing.document_periods import periods_of
from backend.agents.documents.indexing.file_names import names_in_path
from backend.agents.documents.indexing.organisations import Organisation, initials, organisations, short_names
from backend.agents.documents.indexing.title_page import (
    TITLE_PAGE_CHARS,
    first_lines,
    labelled_values,
    name_runs,
    running_lines,
    ticker_symbols,
)
from backend.agents.documents.indexing.word_evidence import MAX_CHARS, WordEvidence
from backend.agents.documents.periods import Period
from backend.agents.documents.readers.extraction import Extraction

_NO_WORD = re.compile(r"[\W_]+")


_MOST_MAIN, _MOST_FURTHER = 14, 24
_SUBJECT_FIELDS = (
    "company", "organisation", "organization", "client", "customer", "patient", "candidate", "name", "product",
    "project", "supplier", "vendor", "issuer", "registrant", "ticker", "symbol", "employee", "applicant",
)  # fmt: skip
_PARTY_LABELS = frozenset(
    """client customer patient insured policyholder borrower tenant applicant kunde kundin mandant mieter mieterin
    versicherungsnehmer locataire patiente assuré""".split()  # noqa: SIM905
)
"""What the line of a letter or form is called that names whom it is about."""
_HINT = re.compile(
    r"name of (?:the )?(?:registrant|issuer|company)|prepared (?:by|for)|issued by|on behalf of", re.IGNORECASE
)
_HINT_CHARS = 120
_PARTIES = re.compile(r"\b(?:between|among)\b", re.IGNORECASE)
_PARTIES_CHARS = 1_200
_EARLY = 1_500
_LONGEST_NAME = 60
_SURE, _OPENING = 3.0, 300
_OFTEN, _FEWEST_TIMES = 0.3, 3


@dataclass(frozen=True, slots=True)
class Profile:
    """The subjects and periods of one document, each strongest first."""

    subjects: tuple[str, ...] = ()
    """Names and short names of who or what it is about: a company, a person, a product."""
    periods: tuple[Period, ...] = ()
    period_end: str = ""
    """The ISO date on which its own period ends; empty if unknown."""
    further: tuple[str, ...] = ()
    """Other names of its title page, such as a place or a type of aircraft: it is about these where it says so first,
    but other documents may be as well."""


def profile_of(extraction: Extraction, name: str, title: str = "") -> Profile:
    """The profile of a document, from its path in the folder (``name``), its title, headings, fields and text."""
    evidence = WordEvidence(extraction.text)
    main = _Names()
    further = _Names()
    in_path, unknown = names_in_path(name, evidence)
    for organisation, is_main in _organisations(extraction, title, in_path):
        names = main if is_main else further
        names.add(organisation.full, *short_names(organisation, extraction.text, evidence))
    main.add(*in_path)
    further.add(*unknown)
    if extraction.kind == "prose":
        main.add(*_of_fields(extraction), *_parties(extraction.text), *ticker_symbols(extraction.text))
        often, seldom = _titled(extraction, title, evidence)
        main.add(*often)
        further.add(*seldom, *_sender(extraction))
    periods, end = periods_of(name, title, extraction.text, extraction.fields)
    return Profile(main.first(_MOST_MAIN), tuple(periods), end, further.without(main).first(_MOST_FURTHER))


class _Names:
    """Names in order, each once whatever its case."""

    def __init__(self) -> None:
        self._by_key: dict[str, str] = {}

    def add(self, *names: str) -> None:
        for name in names:
            key = subject_key(name)
            if len(key) > 1 and len(name) <= _LONGEST_NAME and not key.isdigit():
                self._by_key.setdefault(key, " ".join(name.split()))

    def without(self, others: "_Names") -> "_Names":
        rest = _Names()
        rest.add(*(name for key, name in self._by_key.items() if key not in others))
        return rest

    def __contains__(self, key: str) -> bool:
        return key in self._by_key

    def first(self, most: int) -> tuple[str, ...]:
        return tuple(self._by_key.values())[:most]


def _organisations(extraction: Extraction, title: str, in_path: Sequence[str]) -> list[tuple[Organisation, bool]]:
    """The organisation that the document is about, if it names any by its legal form, and the parties of a contract;
    each with whether that is sure: one that is named once, somewhere, may have another part in the document."""
    head = extraction.text[:TITLE_PAGE_CHARS]
    running = " \n".join(running_lines(extraction))
    found: dict[str, Organisation] = {}
    for one in organisations(head):
        found.setdefault(subject_key(one.short), one)
    for text in (title, running, *extraction.fields.values()):
        for one in organisations(text):
            found.setdefault(subject_key(one.short), replace(one, start=0, end=0))
    if not found:
        return []
    whole = extraction.text[:MAX_CHARS].casefold()
    counts = {key: whole.count(one.short.casefold()) for key, one in found.items()}
    most = max(counts.values()) or 1
    path = {subject_key(one) for one in in_path}
    elsewhere = f"{title}\n{running}".casefold()

    def score(key: str) -> float:
        one = found[key]
        hinted = _HINT.search(extraction.text, max(0, one.start - _HINT_CHARS), one.end + _HINT_CHARS)
        return (
            2.0 * counts[key] / most
            + 3.0 * (not path.isdisjoint({key, *key.split()}))
            + 2.0 * (one.short.casefold() in elsewhere)
            + 1.5 * bool(hinted)
            + 1.0 * (one.start < _EARLY)
            - one.start / TITLE_PAGE_CHARS
        )

    best = max(found, key=score)
    is_sure = score(best) > _SURE or counts[best] > 1 or found[best].start < _OPENING
    parties = (found[key] for key in found if key != best and _is_party(found[key], title, head))
    return [(found[best], is_sure), *((party, True) for party in parties)]


def _is_party(organisation: Organisation, title: str, head: str) -> bool:
    """Whether a document names an organisation in its title, or as a party on its first lines."""
    if organisation.short.casefold() in title.casefold():
        return True
    joined = _PARTIES.search(head, 0, _PARTIES_CHARS)
    return joined is not None and joined.end() <= organisation.start <= joined.end() + _PARTIES_CHARS // 3


def _of_fields(extraction: Extraction) -> Iterator[str]:
    yield from (extraction.fields[key] for key in _SUBJECT_FIELDS if extraction.fields.get(key))


def _parties(text: str) -> Iterator[str]:
    """Whom the lines at the head of a letter or form name as its client, patient or the like, also without a legal
    form."""
    for label, value in labelled_values(text[:_EARLY]):
        if label.casefold() in _PARTY_LABELS and value[0].isupper():
            name = value.split(",")[0].split("(")[0].strip(" .;")
            yield name
            yield from (one.short for one in organisations(name))


def _sender(extraction: Extraction) -> Iterator[str]:
    """Who sent a mail: it comes from them, but is mostly about something else."""
    sender = extraction.fields.get("from", "").split("<")[0].strip(" \"'")
    if sender and "@" not in sender:
        yield sender


def _titled(extraction: Extraction, title: str, evidence: WordEvidence) -> tuple[list[str], list[str]]:
    """The names of the title, the first lines and the running headers: those that the text repeats, and the others."""
    text = extraction.text
    heading = next((block.heading for block in extraction.blocks if block.heading), "").split(" > ")[0]
    strong = _runs((title, heading, extraction.fields.get("subject", "")), evidence)
    weak = _runs((*running_lines(extraction), *first_lines(text)), evidence)
    values = _runs((value for _, value in labelled_values(text)), evidence)
    often = _repeated([*strong, *weak], text, evidence)
    return [*often, *_initials(often, text)], [*strong, *weak, *values, *_single(strong), *_single(values)]


def _runs(lines: Iterable[str], evidence: WordEvidence) -> list[str]:
    return [run for line in lines for run in name_runs(line, evidence)]


def _repeated(runs: Sequence[str], text: str, evidence: WordEvidence) -> list[str]:
    """The names of several words that the text repeats, against the one whose first word it has most."""
    whole = text[:MAX_CHARS].casefold()
    most = max((evidence.count(run.split()[0]) for run in runs), default=0)
    least = max(_FEWEST_TIMES, most * _OFTEN)
    return [run for run in dict.fromkeys(runs) if " " in run and whole.count(run.casefold()) >= least]


def _initials(names: Iterable[str], text: str) -> list[str]:
    return [short for name in names for short in initials(name, text)]


def _single(runs: Iterable[str]) -> list[str]:
    return [word for run in runs for word in run.split() if len(word) > 2 and word[0].isupper()]


@lru_cache(maxsize=65_536)
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


@lru_cache(maxsize=4096)
def read_names(stored: str) -> tuple[str, ...]:
    """Names that were stored as a JSON list."""
    return tuple(json.loads(stored))
