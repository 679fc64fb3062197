"""What an index says of a document as a whole, worked out from its text once: title, source, and what it is about."""

from dataclasses import dataclass, field
from typing import Any

from backend.agents.documents.indexing.document_labels import source_of, stated_title, title_by_content
from backend.agents.documents.indexing.profile import Profile, profile_of, read_periods, stored_periods
from backend.agents.documents.readers.extraction import Extraction


@dataclass(frozen=True, slots=True)
class Description:
    """Title and source as they are shown, and the profile."""

    title: str
    source: str
    profile: Profile = field(default_factory=Profile)

    def encoded(self) -> list[Any]:
        """The description as values that JSON has."""
        profile = self.profile
        periods = stored_periods(profile.periods)
        return [self.title, self.source, profile.subjects, profile.further, periods, profile.period_end]


def description_of(extraction: Extraction, name: str) -> Description:
    """The description of the document that is called ``name`` in its folder."""
    stated = stated_title(extraction, name)
    profile = profile_of(extraction, name, stated)
    return Description(stated or title_by_content(extraction, profile, name), source_of(extraction, name), profile)


def decoded_description(values: list[Any]) -> Description:
    """The description that ``encoded`` made these values of."""
    title, source, subjects, further, periods, period_end = values
    return Description(title, source, Profile(tuple(subjects), read_periods(periods), period_end, tuple(further)))
