"""Sentences that a document has because its kind must have them, and that answer nothing: legal cover text, signatures,
disclaimers, tables of contents, and sentences that only point to another place."""

import re

_LEGAL = (
    r"pursuant to the requirements? of",
    r"(?:hereby|do) certif(?:y|ies)\b|\bI,[^;]{2,140}\bcertify\b",
    r"\bcertif(?:y|ies) (?:that|, )|certification (?:of|pursuant)",
    r"\bhas duly caused\b|\bduly authori[sz]ed\b|\bhereunto\b",
    r"indicate by check ?mark|check the appropriate box|shell company",
    r"securities registered pursuant|title of each class|emerging growth company|accelerated filer",
    r"exact name of (?:the )?registrant|state or other jurisdiction|commission file number|employer identification",
    r"(?:incorporated|furnished|filed) (?:herein )?(?:by reference|herewith)\b",
    r"\bI have reviewed this\b|based on my knowledge",
    r"\bquarterly report (?:of|on)\b[^.]{0,160}\b(?:as filed|date hereof|the [“\"]Report)",
    r"\bInline XBRL\b|^\W*exhibit\W+\d",
    r"all rights reserved|this page (?:is )?intentionally left blank|unsubscribe|confidentiality notice",
    r"^(?:signatures?|table of contents|index to|exhibit (?:index|\d))\b",
)
_DISCLAIMERS = (
    r"forward[- ]looking (?:statement|information)",
    r"(?:actual|future) (?:results?|outcomes?)[^.]{0,80}\b(?:differ|vary)\b",
    r"\bundertakes? no obligation\b|\bassumes? no (?:obligation|duty)\b",
    r"(?:can|may|could|might) be identified by (?:words|terms|the use)|words such as [“\"]",
    r"factors that (?:might|could|may) cause (?:such|these|actual)",
)
_AUTHORS = r"[^\W\d_][\w'’-]+,? (?:(?:[A-Z]\.?-?){1,3},? |et al\.?,? |and |& )"
_PLACE_IN_JOURNAL = r"(?:\bpp?\.\s?\d|\bdoi\b|\d\(\d+\)|\d+:\s?\w?\d+[-–]|\bvol\.|\bjournal\b|\bretrieved from\b)"
_SOURCES_NAMED = (rf"\A\W*(?:\d{{1,3}}[.)\]]?\s+)?{_AUTHORS}.*?\(?(?:19|20)\d{{2}}[a-z]?\)?.*{_PLACE_IN_JOURNAL}",)
"""Entries of a list of references."""
_POINTERS = (
    r"\bshould be read (?:in conjunction|together) with\b",
    r"\bis (?:set forth|included|incorporated|presented|described|contained) (?:in|under|by)\b",
    r"^(?:please )?(?:see|refer to)\b",
    r"\bas (?:discussed|described|disclosed) in (?:part|item|note|section|our annual)\b",
    r"\b(?:following|accompanying|above|below) (?:table|chart|graph|schedule|notes?|discussion)s?\b",
    r"\btables? (?:below|above)\b|\b(?:is|are) as follows\b",
    r"\bfor (?:further|more|additional) (?:information|details?|discussion)\b",
    r"\bunder the (?:heading|caption)\b",
    r"^\W*notes? \d+\b|\bof the notes to\b",
    r"^references? (?:to|in) (?:this|the|an?)\b",
)
_DOT_LEADER = re.compile(r"(?:\.\s?){4,}|…{2,}|_{4,}")

_WORTHLESS = re.compile("|".join((*_LEGAL, *_DISCLAIMERS, *_SOURCES_NAMED)), re.IGNORECASE)
_POINTER = re.compile("|".join(_POINTERS), re.IGNORECASE)


def is_boilerplate(sentence: str) -> bool:
    """Whether a sentence is there for the law or the layout only, and is never quoted."""
    line = " ".join(sentence.split())
    return _WORTHLESS.search(line) is not None or _DOT_LEADER.search(line) is not None


def only_points_elsewhere(sentence: str) -> bool:
    """Whether a sentence sends its reader to another place more than it says anything."""
    return _POINTER.search(" ".join(sentence.split())) is not None
