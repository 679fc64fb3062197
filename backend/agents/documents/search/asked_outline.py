"""Whether a question asks what a document is about as a whole, and the words that say which one."""

import re

from backend.agents.documents.periods import find_periods
from backend.agents.documents.search.question import words_aside
from backend.agents.documents.search.question_words import words_of
from backend.agents.documents.search.stop_words import STOP_WORDS

_ANY = (
    r"(?:files?|documents?|pdfs?|texts?|folder|attachments?|contents?|pages?|spreadsheets?|sheets?|slides|decks?|one)"
)
_TYPED = (
    r"(?:reports?|papers?|articles?|contracts?|agreements?|letters?|e?-?mails?|invoices?|memos?|manuals?|handbooks?|"
    r"guides?|policy|policies|plans?|proposals?|stud(?:y|ies)|thesis|books?|minutes|cvs?|resumes?|transcripts?|filings?|"
    r"10-[qk]s?|presentations?|workbooks?|tables?|notes?|notebooks?|brochures?|leaflets?|forms?|protocols?|leases?)"
)
_POINTED = rf"(?:this|these|that|those|attached|uploaded)\s+(?:[\w-]+\s+)?(?:{_ANY}|{_TYPED})"
_ASKS = re.compile(
    rf"""
      \b(?:summar(?:y|ies|i[sz]e[sd]?|i[sz]ing)|overview|synopsis|gist|tl\W?dr|nutshell)\b
    | \b(?:key|main|central|important)\s+(?:points?|takeaways?|messages?|topics?|ideas?|themes?|contents?)\b
    | \bwhat(?:['’]s|\s+is|\s+are)\b(?P<of>[^?]{{0,60}})\b(?:about
        | in\s+(?:it|them|here|there|(?:the\s+)?{_ANY}|{_POINTED}))\W*\Z
    | \bwhat\s+do(?:es)?\b(?P<that>[^?]{{0,60}})\b(?:say|contain|cover|discuss|describe|deal\s+with|talk\s+about)\W*\Z
    | \btell\s+me\s+(?:more\s+)?about\s+(?:the\s+{_ANY}|{_POINTED})\W*\Z
    | \b(?:describe|explain|outline)\s+(?:the\s+{_ANY}|{_POINTED})\b
    | \bpurpose\s+of\s+(?:the\s+{_ANY}|{_POINTED})\W*\Z
    | \b(?:worum\s+geht|zusammenfass\w*|fass\w*\b.*\bzusammen|überblick)
    | \b(?:de\s+quoi\s+parle|résum\w+|de\s+qu[eé]\s+trata|resumen)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MANNER = re.compile(
    rf"\b(?:in\s+)?(?:\d+|one|two|three|four|five|six|ten|a\s+few|some)\s+(?:short\s+)?"
    rf"(?:sentences?|words|bullet\s+points?|bullets?|lines|paragraphs?|points)\b|\bbullet\s+points?\b|{_POINTED}\b|\b{_ANY}\b",
    re.IGNORECASE,
)
_MANNER_WORDS = """
short brief briefly quick concise high level whole entire full complete general main key important please executive all
content purpose attached uploaded worum geht quoi parle trata dokument dokumente datei dateien fichier documento
"""
_SAYING_NO_NAME = frozenset(_MANNER_WORDS.split())


def asked_outline(text: str) -> tuple[str, ...] | None:
    """The words that say what is to be outlined, in lower case: none of them for all there is. None where the question
    does not ask for an outline."""
    if _ASKS.search(text) is None:
        return None
    return other_words(_MANNER.sub(" ", _ASKS.sub(lambda found: f" {found['of'] or found['that'] or ''} ", text)))


def other_words(text: str) -> tuple[str, ...]:
    """The words of a question that say what it is about, in lower case, without periods and what is asked aside."""
    aside = words_aside(text)
    blank = list(text)
    for _, start, end in find_periods(text):
        blank[start:end] = " " * (end - start)
    words = (word.text.lower() for word in words_of("".join(blank)))
    return tuple(
        dict.fromkeys(
            word for word in words if word not in STOP_WORDS and word not in aside and word not in _SAYING_NO_NAME
        )
    )
