"""The progress of an evaluation."""

from evals.playing.target import Play


class Watcher:
    """Receives the progress of an evaluation. This one does nothing; the command's draws a bar."""

    def begins(self, plays: list[Play], at_once: float) -> None:
        """All runs that will be played, warm-up runs first; so many at once, on average."""

    def run_ended(self, play: Play) -> None:
        """One of them has ended."""

    def opening(self, interface: str, plays: list[Play]) -> None:
        """These runs, the next ones, are asked for in this UI's page, one at a time."""

    def scoring(self, done: int, total: int) -> None:
        """The runs are being scored: ``done`` of ``total`` are."""
