"""Messages to a run on the page: each with a receipt that says what became of it, and nothing of them is markup."""

import pytest

from backend.present.pages.sent_messages import sent_messages_html
from backend.present.words import messages as words
from backend.protocol.events import StatusEvent
from backend.protocol.inputs import STEERING
from tests.present.html_reader import Fragment, visible
from tests.present.samples import view_of

WORK = StatusEvent(step_id="w", step="retrieving", label="Searching <b>")


def sent(mode: str, state: str = "started", **more: str) -> list[StatusEvent]:
    """A message, and what became of it."""
    said = StatusEvent(step_id="msg_1", step=STEERING, detail="Only <i>2024</i>.", mode=mode)
    after = StatusEvent(step_id="msg_1", step=STEERING, state=state, **more)
    return [WORK, said, *([] if state == "started" else [after])]


@pytest.mark.parametrize(
    ("events", "text"),
    [
        (sent("steer"), words.WAITS_FOR_STEP),
        (sent("queue"), words.WAITS_FOR_END),
        (sent("steer", "finished", delivered_to="w"), words.READ_AT.format(step="Searching <b>")),
        (sent("steer", "finished"), words.READ),
        (sent("queue", "finished", delivered_to="run_2"), words.ASKED),
        (sent("steer", "cancelled", reason="withdrawn"), words.WITHDRAWN),
        (sent("steer", "cancelled", reason="run-ended"), words.RETURNED_TO_FIELD),
        (sent("queue", "cancelled", reason="run-interrupted"), words.NOT_ASKED),
    ],
)
def test_the_receipt_says_what_became_of_it(events: list[StatusEvent], text: str) -> None:
    html = sent_messages_html(view_of(*events), own={"msg_1"})
    assert Fragment(html).problems == []
    waits = text in (words.WAITS_FOR_STEP, words.WAITS_FOR_END)
    assert visible(html) == " ".join(["Only <i>2024</i>.", text, *([words.WITHDRAW] if waits else [])])
    assert ("data-ph-returned" in html) == (text == words.RETURNED_TO_FIELD)


def test_a_message_of_another_page_stays_there_and_a_watcher_cannot_withdraw_it() -> None:
    returned = sent_messages_html(view_of(*sent("steer", "cancelled", reason="run-cancelled")))
    assert (words.RETURNED in returned, "data-ph-returned" in returned) == (True, False)
    assert words.WITHDRAW not in sent_messages_html(view_of(*sent("steer")), read_only=True)
    assert sent_messages_html(view_of(WORK)) == ""


def test_a_refusal_stands_at_its_message() -> None:
    assert "Too late." in visible(sent_messages_html(view_of(*sent("steer")), problems={"msg_1": "Too late."}))
