"""What was left out of a chart, and why."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class LeftOut:
    """Names of left-out parts with their reasons, in the order they were met, each once."""

    parts: dict[str, None] = field(default_factory=dict)
    lines: int = 0
    """Line breaks in all texts that are drawn."""
    characters: int = 0
    """Characters of the texts that may stand beside each point, tick or member."""

    def add(self, name: str, reason: str) -> None:
        """Note that the part of this name is left out; the reason completes a sentence."""
        self.parts[f"{name} ({reason})"] = None
