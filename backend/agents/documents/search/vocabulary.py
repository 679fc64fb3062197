"""The few words this agent knows to be related. Everything else is matched by word stem alone.

This is a plain list, made by hand for finance and office documents; it is no thesaurus and no embedding. A question
that uses a word outside it finds only documents that use the same word. The expression a run searches with, related
words included, is in the log of its retrieving step.
"""

import re
from collections.abc import Iterator

from backend.agents.documents.search.foreign_words import FRENCH, GERMAN
from backend.agents.documents.search.framing_words import FRAMING
from backend.agents.documents.search.related_words import ALSO, RELATED, VERBS

_RISING = """
rise rises rising rose risen increase increases increasing increased grow grows growing grew grown growth higher climb
climbing worsening worse expanding
"""
_FALLING = """
fall falls falling fell fallen decrease decreases decreasing decreased decline declines declining declined drop drops
dropping dropped lower shrink shrinking shrank reduced
"""
_CHANGING = """
change changes changed changing develop develops developed development evolve evolved evolving trend trends trending
history time performed compare compared
"""
_OF_LITTLE_WEIGHT = """
newest latest current currently recent recently today last risk risks exposure level levels amount amounts figure
figures number numbers value values total big large high low important main company percent percentage share much
quarter quarters year years quarterly yearly annual rule rules policy long short often soon early late far allowed
permitted possible able required necessary maximum minimum colour color name names kind type
heavy weigh tall wide deep old fast loud hot expensive speak study studied live lives
hoch lang lange groß oft teuer weit alt schwer kostet kostete coûte coûtent
insgesamt gesamt totale altogether
"""
_HIGHEST = "highest largest biggest greatest maximum max"
_LOWEST = "lowest smallest minimum min"

RISING: frozenset[str] = frozenset(_RISING.split())
FALLING: frozenset[str] = frozenset(_FALLING.split())
CHANGING: frozenset[str] = frozenset(_CHANGING.split())

HIGHEST: frozenset[str] = frozenset(_HIGHEST.split())
LOWEST: frozenset[str] = frozenset(_LOWEST.split())

_WEAK_ALONE = RISING | FALLING | CHANGING | HIGHEST | LOWEST | frozenset(_OF_LITTLE_WEIGHT.split())
_NAMING_A_MATTER = """
risk risks exposure rule rules policy company colour color name names kind type main important allowed permitted
possible required necessary
"""
TOPICAL: frozenset[str] = frozenset(_NAMING_A_MATTER.split())
"""Weak words that still name what is asked about; the other weak ones only say when, how much, or which way."""

WEAK_FACTOR = 0.3

FRAMING_FACTOR = 0.12

WEAK: frozenset[str] = _WEAK_ALONE | FRAMING
"""Words that say less about what is asked than others: they count for ``WEAK_FACTOR`` of what they would, and for
nothing if no document has them."""


def _singular(word: str) -> str:
    """A common English plural without its ending: enough to look a word up in the lists above."""
    word = re.sub(r"ies\Z", "y", word)
    return re.sub(r"(?<=[^s])s\Z", "", word)


def _grouped() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in (*RELATED, *GERMAN, *FRENCH, *(tuple(forms.split()) for forms in VERBS.split(","))):
        for word in group:
            found[_singular(word)] = found.get(_singular(word), ()) + group
    return found


_GROUPS = _grouped()


_VERB_AND_NOUN = (
    ("ide", "ision"), ("ude", "usion"), ("end", "ension"), ("and", "ansion"), ("mit", "mission"),
    ("ceive", "ception"), ("scribe", "scription"), ("duce", "duction"), ("solve", "solution"), ("quire", "quisition"),
)  # fmt: skip
"""Endings of verbs and of their nouns that no stemmer brings together: decide, decision."""
_INFLECTED = re.compile(r"(?:(?<=t)ted|(?<=t)ting|ed|ing|s|d)\Z")
_FEWEST_BEFORE_ENDING = 2


def _verb_or_noun(word: str) -> Iterator[str]:
    """The noun of a verb, or the verb of a noun, in any of its usual forms."""
    bare = _INFLECTED.sub("", word)
    for verb, noun in _VERB_AND_NOUN:
        for form in (word, bare, f"{bare}e"):
            for one, other in ((verb, noun), (noun, verb)):
                if form.endswith(one) and len(form) - len(one) >= _FEWEST_BEFORE_ENDING:
                    yield f"{form.removesuffix(one)}{other}"


def related(word: str) -> tuple[str, ...]:
    """Words and phrases that may stand for ``word`` (lower case), without the word itself."""
    stem = _singular(word)
    bare = _INFLECTED.sub("", word)
    found = (*(_GROUPS.get(stem) or _GROUPS.get(bare) or ()), *ALSO.get(word, ()), *_verb_or_noun(word))
    return tuple(dict.fromkeys(other for other in found if _singular(other) != stem))
