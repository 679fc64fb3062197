"""How the cost of an answer grows with its length: ``python -m benchmarks.answers``. Prints seconds and exponents.

Each answer is one kind of hostile or long text. It is folded token by token, freed of thinking, drawn whole, and drawn
while it grows, each at two lengths; the exponent is 1 if twice the text costs twice the time, and 2 if it costs four
times that.
"""

import argparse
import math
import time
from collections.abc import Callable, Iterator

from backend.present.answer.blocks import AnswerRenderer, answer_html
from backend.protocol.events import CitationEvent, DoneEvent, Event, TokenEvent
from backend.protocol.run_view import RunView
from backend.protocol.view import fold, reduce
from backend.protocol.written_answer import WrittenAnswer

TOKEN_CHARS = 4
FRAME_CHARS = 400
"""What comes between two drawings of a growing answer: 0.1 s at 1,000 tokens a second."""

CITED = 50

REPEATED = {
    "prose in paragraphs": "Revenue rose by 3 % to $5 million [7], as *expected*.\n\n",
    "one line of prose": "Revenue rose by 3 % to 5 million, as was expected. ",
    "markers": "[7]",
    "markers in prose": "It rose [7], then fell [8]. ",
    "opening brackets": "[",
    "brackets around text": "[a](",
    "nested emphasis": "*a **b ",
    "signs of emphasis": "*",
    "backticks": "a`b ",
    "dollar signs": "$a ",
    "opening formulas": "\\(a ",
    "formulas": "$x^2$ and \\(y\\) ",
    "half tags": "<sub>",
    "signs of thinking": "<think",
    "lists": "- one **two**\n",
    "rows of a table": "| 1 | two [7] | three |\n",
    "quotes in quotes": "> ",
    "code": "```py\nx = [1]\n```\n\n",
    "one block of code": "x = rows[1]\n",
    "addresses": "https://a.example/b ",
}
"""What each answer repeats."""

_HEADS = {"rows of a table": "| a | b | c |\n|---|---|---|\n", "one block of code": "```py\n"}


def answer_of(kind: str, length: int) -> str:
    """An answer of that kind and about that many characters."""
    unit = REPEATED[kind]
    return _HEADS.get(kind, "") + unit * (length // len(unit))


def _events(text: str, size: int = TOKEN_CHARS) -> Iterator[Event]:
    seq = 0
    for seq in range(1, CITED + 1):
        yield CitationEvent(seq=seq, citation_id=f"c{seq}", number=seq, title=f"Source {seq}")
    for at in range(0, len(text), size):
        seq += 1
        yield TokenEvent(seq=seq, text=text[at : at + size])


def folded(text: str) -> None:
    """Fold the answer token by token, as a client and the server do while it streams."""
    view = RunView.start()
    for event in _events(text):
        view = reduce(view, event)


def written(text: str) -> None:
    """Take thinking out of the answer token by token, as every dialect does."""
    answer = WrittenAnswer()
    for at in range(0, len(text), TOKEN_CHARS):
        answer.add(text[at : at + TOKEN_CHARS])
    answer.close()


def drawn(text: str) -> None:
    """Draw the whole answer."""
    view = fold(RunView.start(), _events(text))
    answer_html(reduce(view, DoneEvent(seq=view.stream.last_seq + 1)))


def grown(text: str) -> None:
    """Draw the answer while it grows, ten times a second at 1,000 tokens a second."""
    renderer, view = AnswerRenderer(), RunView.start()
    for event in _events(text, FRAME_CHARS):
        view = reduce(view, event)
        renderer.blocks(view)


WORKS: dict[str, Callable[[str], None]] = {"folded": folded, "written": written, "drawn": drawn, "grown": grown}


def cost_s(work: str, kind: str, length: int) -> float:
    """The seconds of processor time that the work takes on such an answer: the least of two."""
    text = answer_of(kind, length)
    costs = []
    for _ in range(2):
        begun = time.process_time()
        WORKS[work](text)
        costs.append(time.process_time() - begun)
    return max(min(costs), 1e-6)


def exponent(work: str, kind: str, length: int) -> tuple[float, float]:
    """The seconds for an answer of twice ``length``, and how the cost grows."""
    once, twice = cost_s(work, kind, length), cost_s(work, kind, 2 * length)
    return twice, math.log2(twice / once)


def _say(row: str) -> None:
    print(row, flush=True)  # noqa: T201 - a script's output


def main() -> None:
    """Print a row for each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--length", type=int, default=64_000, help="characters of the longer answer")
    parser.add_argument("--kind", choices=[*REPEATED], action="append", help="only these")
    parser.add_argument("--work", choices=[*WORKS], action="append", help="only these")
    options = parser.parse_args()
    works = options.work or [*WORKS]
    _say(f"{'answer of ' + format(options.length, ','):<24}" + "".join(f"{work:>10}{'exp.':>6}" for work in works))
    for kind in options.kind or REPEATED:
        cells = []
        for work in works:
            seconds, power = exponent(work, kind, options.length // 2)
            cells.append(f"{seconds:>9.2f}s{power:>6.1f}")
        _say(f"{kind:<24}" + "".join(cells))


if __name__ == "__main__":
    main()
