"""How a question's cost grows with the folder: ``python -m benchmarks.documents_query [--files N ...] [--tries N]``.

Makes folders of 100, 1,000 and 10,000 generated notes (or as many as ``--files`` says), indexes each, and asks the
questions of ``documents_index``. Prints processor time, since the clock of a busy machine says little, and from one
folder to the next larger one the ratio and the exponent: 0 where nothing grows, 1 where it grows as the folder does.
"""

import argparse
import asyncio
import math
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from backend.agents.documents.library import Library
from backend.agents.documents.search.question import understand
from backend.agents.documents.search.retrieval import retrieve
from benchmarks.documents_index import QUESTIONS, fill, first_moments
from benchmarks.store import say


@dataclass(frozen=True, slots=True)
class Cost:
    """What a folder of so many files costs: seconds to index on the clock, milliseconds of processor time to search and
    to answer one question (the median), and milliseconds on the clock to the first word."""

    files: int
    passages: int
    index_s: float
    search_ms: float
    answer_ms: float
    first_word_ms: float


def measured(folder: Path, data: Path, files: int, tries: int) -> Cost:
    """Fill and index a folder, then ask each question so many times, after once for the caches."""
    fill(folder, files)
    library = Library(folder, data)
    try:
        started = time.perf_counter()
        passages = library.refresh().passages
        index_s = time.perf_counter() - started
        searches, answers, words = [], [], []
        for question in QUESTIONS:
            asyncio.run(first_moments(library, question))
            for _ in range(tries):
                searches.append(_processor_ms(lambda asked=question: retrieve(library.corpus, understand(asked))))  # type: ignore[misc]
                began = time.process_time()
                words.append(asyncio.run(first_moments(library, question))[1])
                answers.append((time.process_time() - began) * 1e3)
        return Cost(files, passages, index_s, median(searches), median(answers), median(words))
    finally:
        library.close()


def _processor_ms(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1e3


def print_costs(costs: Sequence[Cost]) -> None:
    """A line for each folder, and one for each step to a larger one."""
    for cost in costs:
        say(
            f"{cost.files:,} files, {cost.passages:,} passages: indexed in {cost.index_s:,.1f} s;",
            f"search {cost.search_ms:,.1f} ms, answer {cost.answer_ms:,.1f} ms of processor time; "
            f"first word after {cost.first_word_ms:,.0f} ms",
        )
    for smaller, larger in pairwise(costs):
        grown = larger.files / smaller.files
        parts = [
            f"{name} x {after / before:,.1f} (exponent {math.log(after / before) / math.log(grown):.2f})"
            for name, before, after in (
                ("index", smaller.index_s, larger.index_s),
                ("search", smaller.search_ms, larger.search_ms),
                ("answer", smaller.answer_ms, larger.answer_ms),
            )
        ]
        say(f"{smaller.files:,} to {larger.files:,} files:", ", ".join(parts))


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--tries", type=int, default=5)
    chosen = parser.parse_args(arguments)
    scratch = Path(tempfile.mkdtemp(prefix="playhead-documents-"))
    try:
        print_costs(
            [measured(scratch / f"docs{n}", scratch / f"data{n}", n, chosen.tries) for n in sorted(chosen.files)]
        )
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
