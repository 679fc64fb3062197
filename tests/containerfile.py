"""A reader of Containerfiles, as far as ours needs one."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONTAINERFILE = ROOT / "deploy" / "Containerfile"

_CONTINUED = re.compile(r"\\\n\s*")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its name, and everything after it."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """The program and its arguments, of an instruction in the JSON form."""
        start = self.text.index("[")
        words = json.loads(self.text[start:])
        assert all(isinstance(word, str) for word in words)
        return list(words)


def instructions(text: str | None = None) -> list[Instruction]:
    """The instructions of the project's Containerfile in order, or of that text."""
    whole = CONTAINERFILE.read_text(encoding="utf-8") if text is None else text
    lines = [line for line in _CONTINUED.sub(" ", whole).splitlines() if line.strip() and not line.startswith("#")]
    return [Instruction(*line.split(maxsplit=1)) for line in lines]


def of(name: str) -> list[Instruction]:
    """The instructions of that name."""
    return [each for each in instructions() if each.name == name]
