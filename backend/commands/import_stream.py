"""``playhead import``: a captured stream of another dialect becomes a recording."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from backend.commands.reasoning_option import reasoning_option

if TYPE_CHECKING:
    from backend.commands.captured_stream import CapturedStream
    from backend.dialects.dialect import Loss
    from backend.dialects.imported_run import ImportedRun

DIALECT_NAMES = (
    *("openai-chat", "openai-responses", "anthropic", "gemini", "ag-ui", "ai-sdk", "langgraph", "ollama", "dify"),
    *("flowise", "a2a", "cohere", "bedrock", "ai-sdk-4", "mastra", "native"),
)
"""The dialects in the order in which the help text names them; a test checks that they are the readable ones."""

_AUTO = "auto"

_PROGRESS_BYTES = 4 * 1024 * 1024
"""From this size of a file on, reading it shows how far it is."""


@click.command(short_help="Turn a captured stream of another agent into a recording.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--dialect",
    type=click.Choice((*DIALECT_NAMES, _AUTO)),
    required=True,
    help="The dialect of the stream; auto tries all of them, and says which it is.",
)
@click.option("--out", type=click.Path(path_type=Path), help="The recording to write; without it, FILE is only read.")
@click.option("--question", default="", help="The question: a captured answer does not contain it.")
@reasoning_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--force", is_flag=True, help="Replace the recording if it exists.")
def command(
    file: Path, dialect: str, out: Path | None, question: str, show_reasoning: bool, as_json: bool, force: bool
) -> None:
    """Read the stream captured in FILE, list what was lost, and write it as a recording to --out.

    FILE contains the bytes that the server sent, for example from `curl -N`. Such a capture has no times, and the
    recording says so: all its times are 0. A capture with timing contains JSON lines instead, one for each chunk as it
    arrived, with the milliseconds since the request: {"at_ms": 312.5, "data": "text of the chunk"}. Playhead's own
    events (native) carry their times.

    A stream that is broken, cut or strange is read as far as it goes (exit code 0), and ends as `interrupted` or
    `failed`, never as a success. The exit code is 2 for a file without a stream of that dialect.
    """
    from backend.commands.captured_stream import CapturedStream
    from backend.commands.recording_files import check_target

    if out is not None:
        check_target(out, force=force)
    captured = CapturedStream(file)
    guessed = dialect == _AUTO
    if guessed:
        from backend.commands.guessed_dialect import guess_dialect

        dialect = guess_dialect(file)
    if out is None:
        run = _read(file, captured, dialect, None, show_reasoning=show_reasoning)
    else:
        run = _write(file, captured, dialect, out, question, show_reasoning=show_reasoning, force=force)
    timing = _timing(captured, run)
    lost = _losses(captured, run)
    if as_json:
        click.echo(json.dumps(({"dialect": dialect} if guessed else {}) | _as_object(run, timing, lost)))
    else:
        head = [f"Read as {dialect}."] if guessed else []
        click.echo("\n".join([*head, *_as_lines(run, timing, lost, out)]))


def _write(
    file: Path, captured: "CapturedStream", dialect: str, out: Path, question: str, *, show_reasoning: bool, force: bool
) -> "ImportedRun":
    import tempfile

    from backend.commands.recording_files import write_pieces
    from backend.protocol.events import event_json
    from backend.protocol.recordings import RecordingHeader

    # The header comes first, and what it says of time is known last.
    with tempfile.TemporaryFile() as body:
        run = _read(file, captured, dialect, body, show_reasoning=show_reasoning)
        timing = _timing(captured, run)
        # An argument of a command may contain bytes that are not text.
        asked = question.encode("utf-8", "replace").decode()
        header = RecordingHeader(question=asked, agent=f"import:{dialect}", timing=None if timing == "run" else timing)
        body.seek(0)
        write_pieces(out, _after(event_json(header).encode() + b"\n", body), force=force)
    return run


def _after(head: bytes, body: IO[bytes]) -> Iterator[bytes]:
    from backend.commands.captured_stream import PIECE_BYTES

    yield head
    while piece := body.read(PIECE_BYTES):
        yield piece


def _read(
    file: Path,
    captured: "CapturedStream",
    dialect: str,
    body: IO[bytes] | None,
    *,
    show_reasoning: bool,
    opened: bool = False,
) -> "ImportedRun":
    """The whole stream; its lines go to ``body``. Raises ``BadInput`` where nothing of it is that dialect's."""
    from backend.dialects.imported_run import ImportedRun
    from backend.dialects.registry import open_decoder

    decoder = open_decoder(dialect, show_reasoning=show_reasoning, opened=opened)
    run = ImportedRun(decoder)
    at_ms = None
    hidden = captured.size < _PROGRESS_BYTES or not sys.stderr.isatty()
    with click.progressbar(length=captured.size, label=str(file), file=sys.stderr, hidden=hidden) as progress:
        for piece in captured.pieces():
            at_ms = piece.at_ms
            lines = run.feed(piece.data, at_ms)
            if body is not None:
                body.writelines(lines)
            progress.update(piece.file_bytes)
    lines = run.close(at_ms)
    if body is not None:
        body.writelines(lines)
    if decoder.begins_in_thought and not opened:
        # Only the end of the thinking showed that the text before it was thinking.
        if body is not None:
            body.seek(0)
            body.truncate()
        return _read(file, captured, dialect, body, show_reasoning=show_reasoning, opened=True)
    if 2 * decoder.recognised < decoder.messages or decoder.recognised == 0:
        from backend.commands.guessed_dialect import refuse_other_dialect

        refuse_other_dialect(file, dialect, decoder.recognised)
    return run


def _timing(captured: "CapturedStream", run: "ImportedRun") -> str:
    """Where the recording's times come from: ``arrival``, ``run`` (the stream's own) or ``none``."""
    if captured.has_timing:
        return "arrival"
    from backend.protocol.recordings import NO_TIMING

    return "run" if run.last_at_ms > 0 else NO_TIMING


def _losses(captured: "CapturedStream", run: "ImportedRun") -> list["Loss"]:
    from backend.dialects.dialect import Loss

    broken = captured.unreadable_lines
    return [*run.losses, *([Loss("lines of the capture that cannot be read", broken)] if broken else [])]


def _as_object(run: "ImportedRun", timing: str, lost: list["Loss"]) -> dict[str, object]:
    return {
        "events": run.events,
        "text_chars": run.text_chars,
        "citations": run.citations,
        "tools": run.tools,
        "tool_calls": run.tool_calls,
        "outcome": run.outcome,
        "warnings": run.warnings,
        "timing": timing,
        "lost": [{"what": loss.what, "count": loss.count} for loss in lost],
    }


_TIMING = {
    "arrival": "Times: when each chunk arrived, as the capture says.",
    "run": "Times: those that the stream itself gives.",
    "none": "Times: the capture contains none; every time is 0.",
}


def _as_lines(run: "ImportedRun", timing: str, lost: list["Loss"], out: Path | None) -> list[str]:
    calls = f"{_counted(run.tool_calls, 'call')} of {_counted(run.tools, 'tool')}"
    told = f"{_counted(run.citations, 'citation')}, {calls}, {_counted(run.warnings, 'warning')}"
    written = f"{out}: {run.events:,} events" if out else f"{run.events:,} events; nothing is written without --out"
    lines = [f"{written}.", f"Outcome {run.outcome}, {run.text_chars:,} characters of answer, {told}.", _TIMING[timing]]
    if not lost:
        return [*lines, "Nothing was lost."]
    return [
        *lines,
        "Lost:",
        *(f"  {loss.count:,} × {_one_line(loss.what)}" for loss in lost),
    ]


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _one_line(text: str) -> str:
    from backend.present.words.printable import printable

    return " ".join(printable(text).split())
