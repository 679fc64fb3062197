"""What the desk changes in the field where a question is written.

The field belongs to its writer. A desk that sent a new value would overwrite what was typed on while the value was on
its way; so it sends what it took or gives back, and the page's script changes the field as it is by then.
"""

import uuid
from dataclasses import dataclass

from backend.present.pages.written_question import written_question_html


@dataclass(frozen=True, slots=True)
class WrittenChange:
    """One change of the field. A page makes each once, by its id; nothing changes where the id is empty."""

    change_id: str = ""
    takes: str = ""
    """The text that was asked, and so need not stand in the field any more."""
    puts: str = ""
    """A text that could not be sent, and so belongs in the field again."""

    @property
    def html(self) -> str:
        """The change as the page's script reads it. Safe HTML."""
        return written_question_html(self.change_id, self.takes, self.puts) if self.change_id else ""


def taken(text: str) -> WrittenChange:
    """The text was asked."""
    return WrittenChange(uuid.uuid4().hex, takes=text)


def put_back(text: str) -> WrittenChange:
    """The text could not be sent."""
    return WrittenChange(uuid.uuid4().hex, puts=text)
