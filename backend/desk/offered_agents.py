"""The agents on offer, taken into a conversation."""

from collections.abc import Sequence

from backend.client.agent_replies import OfferedAgent
from backend.desk.abilities import abilities_of
from backend.desk.choices import agent_choices
from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.desk.race import question_for
from backend.present.pages.question_checks import starting_agent


def take_offers(conversation: Conversation, offers: Sequence[OfferedAgent]) -> ConversationState:
    """The state with these agents on offer. The page starts with the usual one unless the reader has chosen."""
    state, usual = conversation.state, starting_agent([offer.agent for offer in offers])
    fields = state.fields
    if not state.choices or (state.empty and usual != state.usual):
        # The reader has not chosen from this list yet.
        fields = conversation.fill(agent=state.asked.agent or usual)
    return conversation.change(
        offered=True,
        choices=agent_choices(offers),
        questions={offer.agent: question_for(offer) for offer in offers},
        usual=usual,
        fields=fields,
        taken={offer.agent: offer.attachments for offer in offers if offer.attachments is not None},
        abilities=abilities_of(offers),
    )
