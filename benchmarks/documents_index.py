"""What a folder of documents costs: ``python -m benchmarks.documents_index [--files N ...] [--folder DIR]``.

Indexes generated notes (one in ten is a PDF with a table) and asks questions of them; 10,000 files are only made if
named: ``--files 10000``. With ``--folder``, indexes what is there instead. Prints figures: compare those of
one run on one quiet machine.
"""

import argparse
import asyncio
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from backend.agents.agent import RunContext, RunRequest
from backend.agents.documents.agent import DocumentsAgent
from backend.agents.documents.library import Library
from backend.protocol.events import StatusEvent, TokenEvent
from benchmarks.store import say

FIRMS = ("Aldermoor", "Brightwater", "Coldharbour", "Dunmarch", "Eastvale", "Fernhollow", "Greyfell", "Highmoss")
TOPICS = ("revenue", "staff", "tents", "stoves", "warehouses", "complaints", "suppliers", "training")
SENTENCE = (
    "the report says that costs of transport rose while orders from abroad fell and the board expects a calm "
    "winter with fewer repairs more visitors longer contracts new colleagues better weather and steady demand"
)
WORDS = tuple(SENTENCE.split())
PDF_EVERY = 10
PARAGRAPHS = 6
QUESTIONS = (
    "What was the revenue of Aldermoor in 2031?",
    "How did the staff of Eastvale develop?",
    "What do the documents say about complaints at Greyfell?",
    "Which suppliers does Dunmarch have?",
    "How many stoves did Highmoss sell in 2030?",
)
TRIES = 5


def note(number: int) -> str:
    """A note of a few paragraphs about one firm in one year; the same for the same number."""
    chance = random.Random(number)  # noqa: S311 - no secret
    firm, year = FIRMS[number % len(FIRMS)], 2026 + number // len(FIRMS) % 6
    parts = [f"# {firm} in {year}, note {number}"]
    for topic in chance.sample(TOPICS, PARAGRAPHS):
        filler = " ".join(chance.choices(WORDS, k=60))
        parts.append(
            f"## {topic.capitalize()}\n\nThe {topic} of {firm} came to {chance.randint(10, 9999):,}. {filler}."
        )
    return "\n\n".join(parts)


def page_texts(number: int) -> list[tuple[float, float, str]]:
    """A page with a small table: texts with the points they begin at."""
    chance = random.Random(number)  # noqa: S311 - no secret
    texts = [(50.0, 800.0, f"{FIRMS[number % len(FIRMS)]}: sales (in thousands)"), (300.0, 780.0, "2030")]
    texts.append((400.0, 780.0, "2031"))
    for place, topic in enumerate(TOPICS):
        y = 760.0 - 14 * place
        texts += [(50.0, y, topic.capitalize()), (300.0, y, f"{chance.randint(1000, 9999):,}")]
        texts.append((400.0, y, f"{chance.randint(1000, 9999):,}"))
    return texts


def pdf(number: int, pages: int) -> bytes:
    """A PDF of so many pages with a table each."""
    streams = []
    for page in range(pages):
        shown = " ".join(f"1 0 0 1 {x:g} {y:g} Tm ({text}) Tj" for x, y, text in page_texts(number + page))
        streams.append(f"BT /F1 10 Tf {shown} ET".replace("(in thousands)", "\\(in thousands\\)").encode())
    first = 4
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for place, stream in enumerate(streams):
        content = first + 2 * place
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % content
        )
        kids.append(b"%d 0 R" % (content + 1))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    data, offsets = b"%PDF-1.4\n", []
    for number_, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number_, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return data + head + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(data))


def fill(folder: Path, count: int) -> None:
    """So many files."""
    folder.mkdir()
    for number in range(count):
        if number % PDF_EVERY == PDF_EVERY - 1:
            (folder / f"sales-{number}.pdf").write_bytes(pdf(number, 3))
        else:
            (folder / f"note-{number}.md").write_text(note(number), encoding="utf-8")


async def first_moments(library: Library, question: str) -> tuple[float, float]:
    """Milliseconds to the first status that ends and to the first token."""
    started = time.perf_counter()
    searched = 0.0
    run = DocumentsAgent(library).run(RunRequest("run", question), RunContext())
    async for draft in run:
        if isinstance(draft, StatusEvent) and draft.state == "finished" and not searched:
            searched = time.perf_counter() - started
        if isinstance(draft, TokenEvent):
            return searched * 1e3, (time.perf_counter() - started) * 1e3
    return searched * 1e3, (time.perf_counter() - started) * 1e3


def measure(folder: Path, data: Path) -> None:
    """Index a folder, look at it again, and ask."""
    library = Library(folder, data)
    started = time.perf_counter()
    report = library.refresh()
    took = time.perf_counter() - started
    readers = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = resource.getrusage(resource.RUSAGE_SELF)
    say(f"{report.documents:,} documents, {report.passages:,} passages: indexed in", f"{took:>9,.1f} s")
    say(
        "  memory of this process and of the largest reader",
        f"{own.ru_maxrss // 1024:,} + {readers.ru_maxrss // 1024:,} MB",
    )
    started = time.perf_counter()
    library.refresh()
    say("  looked at again, nothing changed", f"{(time.perf_counter() - started) * 1e3:>9,.0f} ms")
    asyncio.run(first_moments(library, QUESTIONS[0]))
    moments = [asyncio.run(first_moments(library, question)) for question in QUESTIONS for _ in range(TRIES)]
    for what, values in zip(("passages found", "first word of the answer"), zip(*moments, strict=True), strict=True):
        say(f"  {what}: median and longest", f"{statistics.median(values):>9,.0f} ms {max(values):,.0f} ms")
    library.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, nargs="+", default=[100, 1_000])
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args(arguments)
    scratch = Path(tempfile.mkdtemp(prefix="playhead-documents-"))
    try:
        if chosen.folder is not None:
            measure(chosen.folder, scratch / "data")
            return
        for count in chosen.files:
            fill(scratch / f"docs{count}", count)
            measure(scratch / f"docs{count}", scratch / f"data{count}")
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
