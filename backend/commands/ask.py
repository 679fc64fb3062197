"""``playhead ask``: one question, answered live in the terminal."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backend.commands.data_option import default_data_dir
from backend.commands.folder_options import DOCS_HELP
from backend.commands.model_options import model_options
from backend.commands.refusals import BadInput, exit_with, quiet_broken_pipe
from backend.commands.remote_option import remote_option

if TYPE_CHECKING:
    from backend.client import RunClient, StartedRun
    from backend.commands.request_answers import Source
    from backend.commands.temporary_backend import ReachableBackend

_FOLDER = click.Path(path_type=Path)


@click.command(short_help="Ask a question and watch the answer.")
@click.argument("question")
@click.option(
    "--agent",
    help="The agent: documents, scripted:SCENARIO (such as scripted:happy_path), recording:ID, model or remote.  "
    "[default: the agent of --model or --remote, else documents]",
)
@click.option("--docs", "docs_dir", type=_FOLDER, help=DOCS_HELP)
@model_options
@remote_option
@click.option("--url", help="The backend to ask.  [default: a temporary one for this question]")
@click.option("--data", "data_dir", type=_FOLDER, help="The folder for the runs and indexes of the temporary backend.")
@click.option("--session", "session_id", help="The id of a conversation to continue.")
@click.option(
    "--attach",
    "attached",
    type=_FOLDER,
    multiple=True,
    metavar="FILE",
    help="A file for the question, where the agent takes files. Can be given up to five times.",
)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0, 3600, min_open=True),
    help="Stop the run after this many seconds.",
)
@click.option(
    "--silence-s",
    type=click.FloatRange(0, 3600, min_open=True),
    help="Stop the run after the agent has sent nothing for this many seconds.",
)
@click.option(
    "--speed", type=click.FloatRange(0, 1000), help="Pace of a scripted or recorded agent; 0 = without waiting."
)
@click.option(
    "--answers",
    "answers_file",
    type=_FOLDER,
    metavar="FILE",
    help="Answers to what the run asks, a JSON list in its order.  [default: asked at the prompt]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the events as sent, one JSON object per line.")
def command(
    question: str,
    agent: str | None,
    docs_dir: Path | None,
    model: str | None,
    mcp: Path | None,
    remote: str | None,
    url: str | None,
    data_dir: Path | None,
    session_id: str | None,
    attached: tuple[Path, ...],
    timeout_s: float | None,
    silence_s: float | None,
    speed: float | None,
    answers_file: Path | None,
    as_json: bool,
) -> None:
    """Ask QUESTION and watch the steps, the answer and its sources live.

    Ctrl-C stops the run and keeps what was written; a second one leaves at once. The exit code is 0 only if the answer
    was completed, 130 after Ctrl-C, 2 for bad input, and 1 for every other end.
    """
    from backend.commands.attached_files import read_attached
    from backend.commands.temporary_backend import reachable_backend

    _check_question(question)
    files = read_attached(attached)
    if url is not None and (docs_dir is not None or data_dir is not None):
        raise BadInput("--docs and --data configure the temporary backend: leave them out with --url.")
    for flag, value in (("--model", model), ("--remote", remote)):
        if url is not None and value is not None:
            raise BadInput(f"{flag} configures the temporary backend: leave it out with --url.")
    agent = agent or ("model" if model is not None else "remote" if remote is not None else "documents")
    source = _answer_source(answers_file, as_json=as_json)
    wanted = {"may_ask": source is not None or None, "timeout_s": timeout_s, "silence_s": silence_s, "speed": speed}
    options = {name: value for name, value in wanted.items() if value is not None}
    request = {"question": question, "agent": agent, "session_id": session_id, "options": options}
    with quiet_broken_pipe():
        with reachable_backend(url, data_dir or default_data_dir() / "ask", docs_dir, model, mcp, remote) as backend:
            code = asyncio.run(_ask(backend, request, files, source, as_json=as_json))
        exit_with(code)


def _answer_source(path: Path | None, *, as_json: bool) -> "Source | None":
    """What answers requests: the file, the person at the terminal, or nobody here."""
    from backend.commands.request_answers import FileAnswers, answers_of, prompted

    if path is not None:
        return FileAnswers(answers_of(path))
    return prompted if not as_json and sys.stdin.isatty() and sys.stdout.isatty() else None


def _check_question(question: str) -> None:
    from backend.present.words import run as words
    from backend.protocol.options import MAX_QUESTION_BYTES

    try:
        size = len(question.encode())
    except UnicodeEncodeError as error:
        raise BadInput("The question is not valid text: write it in UTF-8.") from error
    if not question.strip():
        raise BadInput(words.QUESTION_EMPTY)
    if size > MAX_QUESTION_BYTES:
        raise BadInput(words.QUESTION_TOO_LONG.format(limit=MAX_QUESTION_BYTES // 1024))


async def _ask(
    backend: "ReachableBackend",
    request: dict[str, Any],
    files: Sequence[tuple[str, bytes]],
    source: "Source | None",
    *,
    as_json: bool,
) -> int:
    from backend.client import RunClient, new_http
    from backend.commands.attached_files import upload_attached
    from backend.commands.drawn_run import exit_code_of, print_events, watch
    from backend.commands.interruption import Interruption
    from backend.commands.request_answers import RequestAnswers
    from backend.commands.temporary_backend import tell_warnings
    from backend.commands.terminal import display_for, standard_console

    async with new_http() as http:
        client = RunClient(backend.url, http)
        attachments = await upload_attached(client, files)
        started = await _start(client, {**request, "attachments": attachments})
        if backend.server is not None:
            tell_warnings((await client.ready()).warnings)
        run_id, patience = started.run_id, backend.give_up_after_s
        answers = None if source is None else RequestAnswers(client, run_id, source)
        with Interruption(lambda: client.cancel(run_id)) as interruption:
            try:
                if as_json:
                    outcome = await print_events(client.arrivals(run_id, give_up_after_s=patience), answers)
                else:
                    frames = client.frames(run_id, question=request["question"], give_up_after_s=patience)
                    view = await watch(frames, display_for(standard_console()), interruption, answers)
                    outcome = view.stream.outcome
            except asyncio.CancelledError:
                if interruption.exit_code is None:
                    raise
                backend.kill()
                return interruption.exit_code
            finally:
                if answers is not None:
                    await answers.close()
        return exit_code_of(outcome, interruption)


async def _start(client: "RunClient", request: dict[str, Any]) -> "StartedRun":
    """Start the run; while its agent is still being prepared, say so and wait."""
    from backend.client import BackendGone, ProblemError

    told = ""
    while True:
        try:
            return await client.start_run(**request)
        except BackendGone as error:
            raise BadInput(error.sentence) from error
        except ProblemError as problem:
            if problem.slug != "agent-not-ready":
                refusal = BadInput if problem.status in (400, 404, 413, 415, 422) else click.ClickException
                raise refusal(problem.sentence) from problem
            if problem.sentence != told:
                told = problem.sentence
                click.echo(told, err=True)
            await asyncio.sleep(problem.retry_after_s or 1.0)
