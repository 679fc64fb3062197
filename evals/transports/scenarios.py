"""The scenarios that are played to compare transports. The backend that is measured is started with their folder."""

from pathlib import Path
from typing import Final

FIRST_TOKEN_MS: Final = 200
TOKENS: Final = 100
RATE: Final = 20

SHORT: Final = "transport_short"
STEADY: Final = "transport_steady"
LASTING: Final = "transport_lasting"
QUICK: Final = "transport_quick"
FLOOD: Final = "transport_flood"

FLOOD_BLOCKS: Final = 2000
FLOOD_BLOCK: Final = 8000

_HEAD = "title: {name}\ndescription: For measuring transports.\nquestion: How fast?\nrate: {rate}\npieces: {pieces}\n"


def write_scenarios(folder: Path) -> None:
    """Write their files into the folder."""
    steady = f'timeline:\n  - wait: {FIRST_TOKEN_MS / 1000}\n  - say: "{_words(TOKENS)}"\n'
    _write(folder, SHORT, 100, "words", "timeline:\n  - say: Hello.\n")
    _write(folder, STEADY, RATE, "words", steady)
    _write(folder, LASTING, 10, "words", f'timeline:\n  - repeat: 100\n    do:\n      - say: "{_words(60)}"\n')
    _write(folder, QUICK, 50, "words", f'timeline:\n  - say: "{_words(40)}"\n')
    block = "x" * FLOOD_BLOCK
    flood = f'timeline:\n  - repeat: {FLOOD_BLOCKS}\n    do:\n      - say: ["{block}"]\n  - wait: 60\n'
    _write(folder, FLOOD, 400, "words", flood)


def _words(count: int) -> str:
    return "word " * count


def _write(folder: Path, name: str, rate: int, pieces: str, timeline: str) -> None:
    head = _HEAD.format(name=name.replace("_", " "), rate=rate, pieces=pieces)
    (folder / f"{name}.yaml").write_text(head + timeline, encoding="utf-8")
