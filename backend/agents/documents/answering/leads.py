"""How an answer calls the documents that it quotes."""

from collections import Counter
from collections.abc import Iterable, Sequence

from backend.agents.documents.answering.quotes import literal
from backend.agents.documents.indexing.stored_documents import Document
from backend.agents.documents.periods import find_periods


def leads_of(documents: Iterable[Document]) -> dict[str, str]:
    """How each document is called, by its name: with the name of its file where several are called alike."""
    leads = {document.name: lead(document) for document in documents}
    called = Counter(leads.values())
    return {name: text if called[text] == 1 else f"{text}, {literal(name)}" for name, text in leads.items()}


def lead(document: Document) -> str:
    """The name of a document, with whom and when it is about where its title does not say so."""
    profile, title = document.profile, document.title
    about = [profile.subjects[0]] if profile.subjects and not _names(title, profile.subjects) else []
    about += [profile.periods[0].label] if profile.periods and profile.periods[0].label not in title else []
    about += [f"period ended {profile.period_end}"] if profile.period_end and about else []
    about += [document.time] if document.time and not profile.periods and not find_periods(title) else []
    return literal(f"{title} ({', '.join(about)})" if about else title)


def _names(title: str, subjects: Sequence[str]) -> bool:
    return any(subject.lower() in title.lower() for subject in subjects)
