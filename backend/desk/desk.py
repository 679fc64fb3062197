"""The desk: the services of the pages, made once for a UI's process."""

from backend.client.run_client import RunClient
from backend.desk.answers import Answers
from backend.desk.attachments import Attachments
from backend.desk.control_channels import ControlChannels
from backend.desk.feedback import RunFeedback
from backend.desk.first_screen import FirstScreen
from backend.desk.opened_run import ReplayDesk
from backend.desk.questions import Questions
from backend.desk.recent_runs import RecentRuns
from backend.desk.run_actions import RunActions
from backend.desk.run_cards import RunCards
from backend.desk.run_comparison import CompareDesk
from backend.desk.run_search import RunSearch
from backend.desk.run_strips import RunStrips
from backend.desk.steering import SteeringDesk


class Desk:
    """The services of the pages for the backend at ``backend``, an address such as ``http://127.0.0.1:8750``."""

    def __init__(self, backend: str) -> None:
        self.client = RunClient(backend)
        channels = ControlChannels(self.client)
        self.questions = Questions(self.client, channels)
        self.steering = SteeringDesk(channels)
        self.run_cards = RunCards(Answers(channels), self.steering)
        self.first_screen = FirstScreen(self.questions)
        self.attachments = Attachments(self.client)
        self.replay = ReplayDesk(self.client)
        self.compare = CompareDesk(self.client)
        strips = RunStrips(self.client)
        self.recent_runs = RecentRuns(self.client, strips)
        self.run_search = RunSearch(self.client, strips)
        self.run_actions = RunActions(self.client)
        self.run_strips = RunStrips(self.client)
        self.feedback = RunFeedback(self.client)
