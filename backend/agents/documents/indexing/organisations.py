"""Organisations by the legal form at the end of their names, and the short names a document has for them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend.agents.documents.indexing.word_evidence import WordEvidence

_ANY_CASE = "incorporated|inc|corporation|corp|company|limited|ltd|llc|llp|plc|gmbh|holdings|holding|group|pty|pvt"
_AS_WRITTEN = (
    r"Co|CO|AG|SE|KG|KGaA|OHG|UG|e\.V|N\.V|NV|B\.V|BV|S\.A\.S|SAS|S\.A|SA|S\.p\.A|SpA|S\.r\.l|Srl|SARL|Sàrl|AB|ASA"
    r"|A/S|ApS|Oy|Oyj|K\.K|L\.P|LP|L\.L\.C|Ges\.m\.b\.H"
)
_PART = r"[A-Z0-9À-Þ][\w&.’'+-]*"
_NAME = re.compile(
    rf"(?<![\w.&-])(?P<name>{_PART}(?:[ \t]+(?:{_PART}|&|of|and|de|von|van)){{0,5}}?),?[ \t]+"
    rf"(?P<form>(?:(?i:{_ANY_CASE})|{_AS_WRITTEN})(?![\w&-])\.?)"
)
_LEADING_WORDS = """
the a an for of at in on by to and with between from this that our its your their about see both dear as or
der die das den dem des bei für mit vom zur zum im
"""
_LEADING = frozenset(_LEADING_WORDS.split())
_ROLE_WORDS = """
company companies registrant corporation group party parties buyer seller supplier vendor customer client employer
employee contractor borrower lender tenant landlord licensor licensee sponsor agreement parent issuer subsidiary
partnership trust fund we us our
"""
_ROLES = frozenset(_ROLE_WORDS.split())
"""What a contract or report calls somebody by their part in it; nobody is named so."""
_PLAIN_FIRST_WORDS = """
united national general american international first new global royal federal north south east west central
european british german french saint st bank university office department ministry institute
"""
_PLAIN_FIRST = frozenset(_PLAIN_FIRST_WORDS.split())
"""First words that name no organisation by themselves."""
_DEFINED = re.compile(r"\W{0,3}\(\s*(?:the\s+|hereinafter\s+|together\s+)?[\"“„'‘]([^\"”“'’\n]{2,40})[\"”“'’]")
_OF_AUTHORS = re.compile(r",\s+[^\W\d_a-z][\w’'-]+ [A-Z]{1,3}\b")
_AFTER_AUTHOR = re.compile(r"\b[A-Z]{1,3},\s+\Z")
"""Around the name of an author, whose initials may look like a legal form: ``Zhang B, Choo AB, Lim SK``."""
_ENDS_WITH_DOMAIN = re.compile(r"\.(?:com|net|org|io|ai|co|de|eu)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as named in a text: ``short`` is its name without the legal form, from ``start`` to ``end``."""

    full: str
    short: str
    start: int
    end: int


def organisations(text: str) -> Iterator[Organisation]:
    """Every organisation that a text names with its legal form, in order."""
    for match in _NAME.finditer(text):
        words = match["name"].split()
        while words and words[0].casefold() in _LEADING:
            words.pop(0)
        short = " ".join(words).strip(" ,.&")
        if _OF_AUTHORS.match(text, match.end()) or _AFTER_AUTHOR.search(
            text, max(0, match.start() - 12), match.start()
        ):
            continue
        if len(short) > 1 and short.casefold() not in _ROLES and not short.isdigit():
            start = match.end() - len(match[0]) + match[0].find(words[0])
            yield Organisation(" ".join(text[start : match.end()].split()), short, start, match.end())


def short_names(organisation: Organisation, text: str, evidence: WordEvidence) -> tuple[str, ...]:
    """What a document may call an organisation beside its full name, the longest first."""
    short = _ENDS_WITH_DOMAIN.sub("", organisation.short)
    found = [_in_usual_case(organisation.short, evidence), _in_usual_case(short, evidence)]
    defined = _DEFINED.match(text, organisation.end)
    if defined and defined[1].casefold() not in _ROLES and evidence.count(defined[1].split()[0]):
        found.append(defined[1])
    words = short.split()
    if len(words) > 1:
        first = words[0].strip(",.")
        alone = evidence.count(first) > len(re.findall(re.escape(short), text, re.IGNORECASE))
        if len(first) > 2 and first.casefold() not in _PLAIN_FIRST and alone and not evidence.is_common(first):
            found.append(evidence.as_written(first))
    found += initials(short, text)
    return tuple(dict.fromkeys(found))


def initials(name: str, text: str) -> list[str]:
    """The initials of a name of several words, if the text uses them."""
    words = [word for word in re.split(r"[\s-]+", name) if word and word.casefold() not in _LEADING]
    short = "".join(word[0] for word in words if word[0].isalpha()).upper()
    return [short] if len(short) > 1 and len(words) > 1 and re.search(rf"\b{re.escape(short)}\b", text) else []


def _in_usual_case(name: str, evidence: WordEvidence) -> str:
    """A name in capitals as the text writes its words elsewhere."""
    if not name.isupper() or len(name) < 5:
        return name
    words = [evidence.as_written(word) for word in name.split()]
    return " ".join(word.capitalize() if word.isupper() and not evidence.count(word) > 20 else word for word in words)
