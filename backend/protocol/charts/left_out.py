"""What was left out of a chart, and why."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class LeftOut:
    """Names of left-out parts with their reasons, in the order they were met, each once."""

    parts: dict[str, None] = field(default_factory=dict)

    def add(self, name: str, reason: str) -> None:
        """Note that the part of this name is left out; the reason completes a sentence."""
        self.parts[f"{name} ({reason})"] = None
