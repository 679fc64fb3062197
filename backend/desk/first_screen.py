"""The cards of the Ask page's first screen, carried out: ask an example, show what can happen, open a run."""

from backend.desk.conversation import Conversation
from backend.desk.questions import Questions
from backend.present.pages.cards import read_choice
from backend.present.words import run as words


class FirstScreen:
    """What a pressed card means, for one backend."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    async def press(self, conversation: Conversation, choice: str) -> None:
        """Note the wish that the card stands for; ``Questions.proceed`` fulfils it. Any other text means nothing."""
        kind, name = read_choice(choice)
        if kind == "run":
            await self._questions.open(conversation, name)
        elif kind == "show":
            # Of the agent's own question, as soon as the agents on offer have been loaded.
            await self._questions.ask(conversation, conversation.state.questions.get(name, name), name)
        elif kind == "example" and name.isdecimal() and int(name) < len(words.EXAMPLE_QUESTIONS):
            await self._questions.ask_example(conversation, words.EXAMPLE_QUESTIONS[int(name)])
