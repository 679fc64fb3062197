"""Lists to choose from."""

from backend.client.agent_replies import OfferedAgent
from backend.desk.choices import Choice, agent_choices


def test_an_agent_is_called_by_its_title_and_else_by_its_name() -> None:
    offers = [OfferedAgent(agent="documents", title="Your documents"), OfferedAgent(agent="scripted:stall")]
    assert agent_choices(offers) == (
        Choice("Your documents", "documents"),
        Choice("scripted:stall", "scripted:stall"),
    )
