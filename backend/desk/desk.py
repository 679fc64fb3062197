"""The desk: the services of the pages, made once for a UI's process."""

from backend.client.run_client import RunClient
from backend.desk.questions import Questions


class Desk:
    """What the pages can do with the backend at ``backend``, an address such as ``http://127.0.0.1:8750``."""

    def __init__(self, backend: str) -> None:
        self.client = RunClient(backend)
        self.questions = Questions(self.client)
