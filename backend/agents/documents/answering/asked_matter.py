"""What a short question is about, by its grammar: the things that it names with an article (``the crane's tender``).

A sentence that has nothing of one of them in itself or around it speaks of something else, however rare the other
words that it shares with the question.
"""

import re
from collections.abc import Sequence

from backend.agents.documents.answering.topic import Topic, is_filler
from backend.agents.documents.search.stop_words import STOP_WORDS
from backend.agents.documents.search.vocabulary import WEAK

_ARTICLES = frozenset(
    """
the a an our my your its their his her this der die das den dem des ein eine einen einem einer eines im zum zur beim
le la les l du des un une au aux notre votre
""".split()  # noqa: SIM905
)
_BEFORE_SUBJECT = frozenset(
    "do does did will would can could should must may might shall has have had".split()  # noqa: SIM905
)
"""After these a verb stands behind the subject: ``when will the crane arrive``."""
_TOKEN = re.compile(r"[^\W_]+(?:[.&+-][^\W_]+)*|[^\w\s'’]")
_SENTENCE_END = re.compile(r"(?<=[?!])\s")

_SAYS_OTHERWISE = re.compile(
    r"\b(?:postponed|delayed|put off|deferred|moved (?:from|to)|brought forward|instead|no longer|now|changed|amended|"
    r"raised|lowered|cancel+ed|withdrawn|called off|verschoben|verschiebt|verlegt|vorgezogen|statt|stattdessen|nun|"
    r"nunmehr|jetzt|geändert|erhöht|gesenkt|abgesagt|entfällt|reportée?s?|avancée?s?|désormais|annulée?s?|modifiée?s?|"
    r"(?:is|are|be) (?:hereby )?(?:increased|reduced|extended|shortened|replaced|superseded)|"
    r"(?:wird|werden) (?:\w+ ){0,6}(?:verlängert|verkürzt|ersetzt|reduziert)|"
    r"(?:est|sont) (?:réduit|augmenté|prolongé|remplacé)e?s?|au lieu)\b",
    re.IGNORECASE,
)
"""What says that something is otherwise than it was."""


def asked_things(question: str) -> list[frozenset[str]]:
    """The words, in small letters, of each thing that the first sentence names with an article; without words that say
    nothing. What stands behind it may be an earlier question of the conversation."""
    tokens = [match[0].lower() for match in _TOKEN.finditer(_SENTENCE_END.split(question, maxsplit=1)[0])]
    things = []
    for place, token in enumerate(tokens):
        if token not in _ARTICLES:
            continue
        words = _words_from(tokens, place + 1)
        has_verb = place > 0 and tokens[place - 1] in _BEFORE_SUBJECT and len(words) > 1
        telling = frozenset(word for word in (words[:-1] if has_verb else words) if not _says_little(word))
        things += [telling] if telling else []
    return things


def _words_from(tokens: Sequence[str], start: int) -> list[str]:
    """The words up to the next one that names nothing."""
    end = start
    while end < len(tokens) and tokens[end][0].isalnum() and tokens[end] not in STOP_WORDS:
        end += 1
    return list(tokens[start:end])


def _says_little(word: str) -> bool:
    return word in WEAK or is_filler(word)


def speaks_of_all(things: Sequence[frozenset[str]], topic: Topic, strengths: Sequence[float]) -> bool:
    """Whether a statement has, by itself or in context, a word of each thing. ``strengths`` are one per concept of the
    topic; a word that the topic lacks, such as that of a subject that has chosen the documents, is not looked for."""
    found = {one.word: strength for one, strength in zip(topic.concepts, strengths, strict=True)}
    for thing in things:
        known = [found[word] for word in thing if word in found]
        if known and not any(known):
            return False
    return True


def says_otherwise(text: str) -> bool:
    """Whether a sentence says that something is otherwise than it was: postponed, changed, called off."""
    return _SAYS_OTHERWISE.search(text) is not None
