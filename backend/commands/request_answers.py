"""What a run asks, answered at the prompt or from a file."""

import asyncio
import json
import shutil
import sys
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backend.commands.refusals import BadInput
from backend.present.words.printable import printable
from backend.protocol.inputs import GivenAnswer, InputRequest
from backend.protocol.run_view import InputView, RunView

if TYPE_CHECKING:
    from backend.client import RunClient

Source = Callable[[InputRequest], Awaitable[GivenAnswer]]
"""Gives the answer to a request."""


def answers_of(path: Path) -> list[tuple[str, GivenAnswer]]:
    """The answers of a file: a JSON list of objects with ``action``, ``value``, ``arguments`` and ``note`` as the API
    takes them, each with an optional ``prompt``, a part of the request that it answers. Raises ``BadInput``."""
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(listed, list):
            raise BadInput(f'{path} has no list of answers: write [{{"action": "accept", …}}].')
        return [_answer(each) for each in listed]
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        first = " ".join(str(error).split())[:200]
        raise BadInput(f"{path} has an answer that cannot be read: {first}") from error


def _answer(fields: Any) -> tuple[str, GivenAnswer]:
    named = dict(fields)
    prompt = str(named.pop("prompt", ""))
    return prompt, GivenAnswer.model_validate({"action": "accept", **named})


class FileAnswers:
    """Answers requests from a list, in its order; one that nothing in it is for is declined."""

    def __init__(self, answers: list[tuple[str, GivenAnswer]]) -> None:
        self._answers = list(answers)

    async def __call__(self, request: InputRequest) -> GivenAnswer:
        """The first answer left whose prompt is a part of the request's."""
        for place, (prompt, answer) in enumerate(self._answers):
            if prompt in request.prompt:
                del self._answers[place]
                return answer
        click.echo(f"No answer in the file for: {request.prompt}", err=True)
        return GivenAnswer(action="decline")


async def prompted(request: InputRequest) -> GivenAnswer:
    """Ask the person at the terminal."""
    _say(f"\n{request.prompt}")
    if request.tool is not None:
        _say(f"  {request.tool.name} {json.dumps(request.tool.arguments, ensure_ascii=False)}")
    for number, option in enumerate(request.options, start=1):
        about = f"  {option.description}" if option.description else ""
        _say(f"  {number}. {option.label or option.value}{about}")
    if request.value_schema is not None and request.kind == "form":
        for line in _fields(request.value_schema):
            _say(f"  {line}")
    return _read(request, await _line(_HINTS[request.kind]))


_HINTS = {
    "approval": "y = approve, n = decline, or other arguments as JSON: ",
    "choice": "Number, or n = decline: ",
    "text": "Answer (empty = decline): ",
    "form": "JSON (empty = decline): ",
}


def _read(request: InputRequest, line: str) -> GivenAnswer:
    text = line.strip()
    if request.kind == "approval" and text.lower() in ("y", "yes"):
        return GivenAnswer(action="accept")
    if not text or (text.lower() in ("n", "no") and request.kind in ("approval", "choice")):
        return GivenAnswer(action="decline")
    if request.kind == "choice":
        numbered = {str(number): option.value for number, option in enumerate(request.options, start=1)}
        return GivenAnswer(action="accept", value=numbered.get(text, text))
    if request.kind == "text":
        return GivenAnswer(action="accept", value=text)
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    if request.kind == "approval":
        return GivenAnswer(action="accept", arguments=value if isinstance(value, dict) else {"": text})
    return GivenAnswer(action="accept", value=value)


def _say(text: str) -> None:
    """Print a text in lines that fit the terminal."""
    columns = shutil.get_terminal_size().columns - 1
    for line in printable(text).split("\n"):
        click.echo("\n".join(textwrap.wrap(line, columns, subsequent_indent="    ")) or "")


def _fields(schema: dict[str, Any]) -> list[str]:
    """A line for each field of a form: its name, what it takes, and whether it is needed."""
    properties, required = schema.get("properties"), schema.get("required")
    fields = properties if isinstance(properties, dict) else {}
    needed = required if isinstance(required, list) else []
    return [f"{name}: {_kind(field)}{', required' if name in needed else ''}" for name, field in fields.items()]


def _kind(field: Any) -> str:
    known = field if isinstance(field, dict) else {}
    if isinstance(known.get("enum"), list):
        return " or ".join(json.dumps(value, ensure_ascii=False) for value in known["enum"])
    return str(known.get("type", "anything"))


async def _line(hint: str) -> str:
    """A line of standard input, without a thread: Ctrl-C and an answer from elsewhere end the wait."""
    click.echo(hint, nl=False)
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        if not typed.done():
            typed.set_result(sys.stdin.readline())

    loop.add_reader(sys.stdin.fileno(), read)
    try:
        return await typed
    finally:
        loop.remove_reader(sys.stdin.fileno())


class RequestAnswers:
    """Answers every request of one run once it is asked, one after the other."""

    def __init__(self, client: "RunClient", run_id: str, source: Source) -> None:
        self._client = client
        self._run_id = run_id
        self._source = source
        self._asked: InputView | None = None
        self._answering: asyncio.Task[None] | None = None
        self._done: set[str] = set()

    @property
    def busy(self) -> bool:
        """Whether a request is being answered, so that the terminal is the prompt's."""
        return self._answering is not None

    async def see(self, view: RunView) -> None:
        """Begin to answer what is open, and stop where somebody else was faster."""
        waiting = [each for each in view.stream.inputs if each.state == "open" and each.input_id not in self._done]
        if self._answering is not None:
            open_ids = {each.input_id for each in waiting}
            if not self._answering.done() and self._asked is not None and self._asked.input_id in open_ids:
                return
            await self.close()
            waiting = [each for each in waiting if each.input_id not in self._done]
        if waiting:
            self._asked = waiting[0]
            self._answering = asyncio.create_task(self._answer(self._asked))

    async def close(self) -> None:
        """Stop to answer."""
        if self._answering is not None:
            self._answering.cancel()
            await asyncio.gather(self._answering, return_exceptions=True)
            self._answering = None

    async def _answer(self, asked: InputView) -> None:
        from backend.client import ClientError, ProblemError

        while True:
            given = await self._source(asked.request)
            try:
                await self._client.answer(self._run_id, asked.input_id, given)
            except ProblemError as problem:
                click.echo(problem.sentence, err=True)
                if problem.slug == "invalid-answer":
                    if self._source is prompted:
                        continue
                    # A file has no second try, and the run would wait for ever.
                    await self._client.answer(self._run_id, asked.input_id, GivenAnswer(action="decline"))
            except ClientError as error:
                click.echo(error.sentence, err=True)
            self._done.add(asked.input_id)
            return
