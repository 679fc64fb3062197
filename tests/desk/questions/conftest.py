"""A page's conversation, what is done with it, and the backend behind it."""

import pytest

from backend.desk.conversation import Conversation
from backend.desk.questions import Questions
from tests.desk.questions.fake_backend import FakeBackend
from tests.desk.without_channels import WithoutChannels


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def questions(backend: FakeBackend) -> Questions:
    return Questions(backend, WithoutChannels(backend), between_trials_s=0)


@pytest.fixture
def conversation() -> Conversation:
    return Conversation()
