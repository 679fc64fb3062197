"""Which documents a question is answered from: those of the subjects and periods that it names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.periods import Period
from backend.agents.documents.search.question import Question


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is about, and the documents that are about it."""

    subjects: tuple[str, ...] = ()
    """Subjects that the question names and the folder knows, as their documents write them."""
    documents: tuple[str, ...] | None = None
    """Names of the documents that the answer is taken from, the best first; None for all."""
    by_subject: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The documents of each subject, the best first."""
    periods: tuple[Period, ...] = ()
    """Periods that are asked for, relative ones resolved."""
    wants_course: bool = False
    """Whether a development over several periods is asked for."""
    assumed: tuple[str, ...] = ()
    """Sentences on what was assumed where the question can be read in several ways."""
    unknown: tuple[str, ...] = ()
    """Names in the question that no document mentions: nothing may be quoted about others in their stead."""
    named_in_text: tuple[str, ...] = ()
    """Names without a document of their own: only passages that name one of them count."""


def resolve_scope(corpus: Corpus, question: Question) -> Scope:
    """The scope of a question in this folder; without any subject or period the whole folder."""
    del corpus
    return Scope(periods=question.periods)
