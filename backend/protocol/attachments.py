"""Files that are attached to a question: what is said of one, and how many and how large they may be."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

MAX_FILE_BYTES: Final = 10 * 1024 * 1024
"""The largest file that can be attached."""

MAX_ATTACHMENTS: Final = 5
"""How many files one question may have."""


class AttachmentNote(BaseModel):
    """What may be said of an attached file wherever its run is shown: never its content, and nothing that leads to
    it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    size: int = Field(default=0, description="In bytes.")
    kind: str = Field(default="", examples=["pdf"])


class Attachment(AttachmentNote):
    """An attached file as its own conversation knows it. With ``file_id`` it can be attached to a later question."""

    file_id: str = Field(examples=["file_8YvBtm3zQd2l5dYw0u1P4A"])

    @property
    def note(self) -> AttachmentNote:
        """The same, without the id."""
        return AttachmentNote(name=self.name, size=self.size, kind=self.kind)
