"""Whom a question names: subjects that the folder has documents about, names it only mentions, and unknown ones."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.subject_directory import NamedDocuments
from backend.agents.documents.search.matching import quoted
from backend.agents.documents.search.question_words import NO_NAMES, Word, letters_apart, runs_of, words_of
from backend.agents.documents.search.stop_words import STOP_WORDS

_PLACE_BEFORE = re.compile(
    r"\b(?:in|at|near|from|to|of)\s+(?:the\s+)?([A-Z][\w'’-]*(?:\s+[A-Z][\w'’-]*)*),\s+(?:[A-Z][\w'’-]*\s+){0,2}\Z"
)
_FILE_WORDS = """
account accounts agenda balance bill bills board budget budgets cash contract contracts cost costs customers debt draft
employees expenses figures forecast income inventory invoice invoices letter letters list manual meeting minutes notes
order orders paper payments plan plans policy policies price prices product products profit project projects protocol
purchases report reports results revenue review rules sales salaries staff statement statements stock summary survey
suppliers table tables tax taxes team wages
"""
_PLAIN = frozenset(_FILE_WORDS.split())
"""Words that files are named after whatever they are about: in small letters they name nobody."""
_LONGEST = 5
_MOST_CAPITALS = 0.6
_SHORT_WORD, _FEW_WORDS = 3, 3
_EVERYWHERE = 0.6
_SHORTEST_LIKE = 4
_LONG_WORD = 6
_SAMPLES = 12
_MOST_FURTHER = 0.5
_OFTEN = 0.3


@dataclass(frozen=True, slots=True)
class NamedSubject:
    """A subject that a question names, in its words, with the documents about it."""

    words: str
    documents: NamedDocuments
    is_everywhere: bool = False
    """Whether most documents of the folder are about it, so that it sets none of them apart."""
    is_respelt: bool = False


@dataclass(frozen=True, slots=True)
class AskedNames:
    """Whom a question names."""

    subjects: tuple[NamedSubject, ...] = ()
    mentioned: tuple[str, ...] = ()
    """Names that no document is about, but that some mention."""
    unknown: tuple[str, ...] = ()
    """Names that no document has."""
    regions: tuple[str, ...] = ()
    """Where a place that the documents know lies (``Venice, Florida``): they need not say so."""


def named_in(corpus: Corpus, text: str) -> AskedNames:
    """Whom the question names."""
    words = list(words_of(text))
    subjects, taken = _subjects(corpus, words)
    rest = [word for place, word in enumerate(words) if place not in taken]
    regions = [word for word in rest if _is_region(corpus, text, word)]
    rest = [word for word in rest if word not in regions and (word.is_possessive or not _is_in_capitals(words))]
    subjects, rest = _with_misspelt(corpus, subjects, rest)
    known = any(subject.documents.main for subject in subjects)
    mentioned, unknown = _others(corpus, rest, knows_subject=known)
    if known or any(subject.documents.further for subject in subjects):
        mentioned = []
    own = list(_of_one_document(corpus, mentioned))
    regions_named = tuple(dict.fromkeys(word.text for word in regions))
    return AskedNames((*subjects, *own), () if own else tuple(mentioned), tuple(unknown), regions_named)


def _is_in_capitals(words: Sequence[Word]) -> bool:
    """Whether most words begin with a capital, as in a title, where it says nothing; a possessive still does."""
    longer = [word for word in words if len(word.text) > _SHORT_WORD]
    return len(words) > _FEW_WORDS and sum(word.is_capital for word in longer) > _MOST_CAPITALS * len(longer)


def _is_region(corpus: Corpus, text: str, word: Word) -> bool:
    """Whether a word belongs to the region of a place that the documents know: ``at Venice, Florida``."""
    place = _PLACE_BEFORE.search(text[: word.start])
    return word.may_name and place is not None and _is_known(corpus, place[1])


def _of_one_document(corpus: Corpus, names: Sequence[str]) -> Iterator[NamedSubject]:
    """Names that one document alone has, on its first page, as what that document is about."""
    for name in names:
        found = [passage for passage, _ in corpus.search(quoted(name), "prose", _SAMPLES)]
        documents = {passage.document.name for passage in found}
        if len(documents) == 1 and any(passage.start == 0 or passage.page == 1 for passage in found):
            yield NamedSubject(name, NamedDocuments(name, tuple(documents), ()))


def _subjects(corpus: Corpus, words: Sequence[Word]) -> tuple[list[NamedSubject], set[int]]:
    """The longest names of the folder in the question, and the places of their words."""
    keys = {span: " ".join(word.key for word in words[slice(*span)]) for span in _spans(len(words))}
    shares = corpus.directory.shares(set(keys.values()))
    documents, _ = corpus.sizes()
    found: dict[int, NamedSubject] = {}
    taken: set[int] = set()
    for span, key in keys.items():
        share, places, named = shares.get(key), set(range(*span)), words[slice(*span)]
        if (
            share is not None
            and not places & taken
            and _is_meant(named, key, share, documents)
            and not _is_common_word(corpus, named)
        ):
            taken |= places
            found[span[0]] = _subject(corpus, " ".join(word.text for word in named), key, share[0], documents)
    return [found[place] for place in sorted(found)], taken


def _spans(count: int) -> Iterator[tuple[int, int]]:
    """Every few words side by side, the longest first."""
    for length in range(_LONGEST, 0, -1):
        for first in range(count - length + 1):
            yield first, first + length


def _subject(corpus: Corpus, words: str, key: str, main: int, documents: int) -> NamedSubject:
    if main == documents or (documents > 2 and main > documents * _EVERYWHERE):
        return NamedSubject(words, NamedDocuments(words, (), ()), is_everywhere=True)
    return NamedSubject(words, corpus.directory.about(key))


def _is_meant(words: Sequence[Word], key: str, share: tuple[int, int], documents: int) -> bool:
    main, every = share
    if key in STOP_WORDS or key in NO_NAMES or key.isdigit():
        return False
    as_name = all(word.is_capital for word in words)
    if main:
        return as_name or key not in _PLAIN
    return as_name and (every <= 2 or every <= documents * _MOST_FURTHER)


def _is_common_word(corpus: Corpus, words: Sequence[Word]) -> bool:
    """Whether the question writes one word in small letters that the texts often write so too: no name of theirs."""
    if len(words) > 1 or words[0].is_capital or words[0].is_possessive:
        return False
    # In headings every word may have a capital.
    written = _spellings_of(corpus, words[0].text, in_headings=False)
    return sum(one.islower() for one in written) > _OFTEN * len(written)


def _spellings_of(corpus: Corpus, name: str, *, in_headings: bool = True) -> list[str]:
    """How the texts write a name, other than in addresses."""
    pattern = re.compile(rf"(?<![\w@/.]){re.escape(name)}(?![\w@/]|\.\w)", re.IGNORECASE)
    return [
        match[0]
        for passage, _ in corpus.search(quoted(name), "prose", _SAMPLES)
        for match in pattern.finditer(f"{passage.heading if in_headings else ''}\n{passage.text}")
    ]


def _with_misspelt(
    corpus: Corpus, subjects: list[NamedSubject], rest: list[Word]
) -> tuple[list[NamedSubject], list[Word]]:
    """The subjects with those meant by words that no document has and that are spelt much like a name."""
    found, left = list(subjects), list[Word]()
    for word in rest:
        like = None
        if len(word.key) >= _SHORTEST_LIKE and (word.may_name or not subjects) and not _is_known(corpus, word.text):
            letters = 2 if len(word.key) >= _LONG_WORD else 1
            near = [(letters_apart(word.key, key), key) for key in corpus.directory.keys_like(word.key, letters)]
            like = min((pair for pair in near if pair[0] <= letters), default=None)
        if like is None:
            left.append(word)
        else:
            found.append(NamedSubject(word.text, corpus.directory.about(like[1]), is_respelt=True))
    return found, left


def _others(corpus: Corpus, rest: Sequence[Word], *, knows_subject: bool) -> tuple[list[str], list[str]]:
    """The other names: those that the folder mentions, and those that it does not have."""
    mentioned, unknown = [], []
    for run in runs_of([word for word in rest if word.may_name]):
        lacking = [word for word in run if not _is_known(corpus, word.text)]
        # Beside a subject that is known, an unknown abbreviation is a matter rather than somebody.
        if lacking and not (knows_subject and all(word.text.isupper() for word in run)):
            unknown.append(" ".join(word.text for word in run))
        elif not lacking:
            mentioned += _written_as_names(corpus, run)
    return list(dict.fromkeys(mentioned)), list(dict.fromkeys(unknown))


def _is_known(corpus: Corpus, word: str) -> bool:
    return corpus.frequencies([quoted(word)])[0] > 0


def _written_as_names(corpus: Corpus, run: Sequence[Word]) -> list[str]:
    """The run if the texts have it, else those of its words that the texts never write in lower case."""
    together = " ".join(word.text for word in run)
    parts = [together] if _is_known(corpus, together) else [word.text for word in run]
    return [part for part in parts if _is_written_as_name(corpus, part)]


def _is_written_as_name(corpus: Corpus, name: str) -> bool:
    found = _spellings_of(corpus, name)
    return bool(found) and not any(written.islower() for written in found)
