"""The desk: the services of the pages, made once for a UI's process."""

from backend.client.run_client import RunClient
from backend.desk.answers import Answers
from backend.desk.attachments import Attachments
from backend.desk.feedback import RunFeedback
from backend.desk.first_screen import FirstScreen
from backend.desk.opened_run import ReplayDesk
from backend.desk.questions import Questions
from backend.desk.recent_runs import RecentRuns
from backend.desk.run_actions import RunActions
from backend.desk.run_comparison import CompareDesk
from backend.desk.run_search import RunSearch
from backend.desk.run_strips import RunStrips
from backend.desk.sharing import Sharing


class Desk:
    """The services of the pages for the backend at ``backend``, an address such as ``http://127.0.0.1:8750``.

    ``public_url`` is the address at which people reach the pages, for links that are sent to others; empty where it is
    the one in the browser.
    """

    def __init__(self, backend: str, public_url: str = "") -> None:
        self.public_url = public_url
        self.client = RunClient(backend)
        self.questions = Questions(self.client)
        self.answers = Answers(self.client)
        self.first_screen = FirstScreen(self.questions)
        self.attachments = Attachments(self.client)
        self.replay = ReplayDesk(self.client)
        self.compare = CompareDesk(self.client)
        strips = RunStrips(self.client)
        self.recent_runs = RecentRuns(self.client, strips)
        self.run_search = RunSearch(self.client, strips)
        self.run_actions = RunActions(self.client)
        self.run_strips = RunStrips(self.client)
        self.sharing = Sharing(self.client)
        self.feedback = RunFeedback(self.client)
