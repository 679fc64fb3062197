"""Whether it is worth asking whom a question is about."""

from backend.agents.documents.search.retrieval import Retrieval
from backend.agents.person import PersonRequest
from backend.protocol.inputs import InputOption

MOST_NAMES = 6
"""A longer list is not a choice: the question is answered from the whole folder."""

NEAR_BEST = 0.05
"""How much less of the question a passage may cover than the best one, to be as good an answer."""

ANSWER_S = 120.0
"""How long a person has to choose; then the answer is from all of them."""


def possible_subjects(retrieval: Retrieval) -> tuple[str, ...]:
    """The subjects of the best passages, where they are several and the question names none; else nothing."""
    scope = retrieval.scope
    named = scope.subjects or scope.unknown or scope.named_in_text or scope.documents is not None
    if named or not retrieval.is_answered:
        return ()
    best = max(hit.coverage for hit in retrieval.hits)
    profiles = [hit.passage.document.profile for hit in retrieval.hits if hit.coverage >= best - NEAR_BEST]
    names = tuple(dict.fromkeys(profile.subjects[0] for profile in profiles if profile.subjects))
    return names if 2 <= len(names) <= MOST_NAMES else ()


def which_subject(names: tuple[str, ...]) -> PersonRequest:
    """The request to choose one of them."""
    return PersonRequest(
        "The documents are about several. Which one do you mean?",
        kind="choice",
        options=tuple(InputOption(value=name[:500]) for name in names),
        expires_s=ANSWER_S,
        label="Which one is meant",
        parent_id="retrieve",
    )
