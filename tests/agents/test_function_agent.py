"""An agent of one's own, as the README shows it: the code there, installed like any package, asked over HTTP."""

import importlib
import re
import sys
from collections.abc import AsyncGenerator, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from backend.agents.agent import AgentEnvironment, RunContext, RunRequest, UnknownAgentError
from backend.agents.catalogue import AgentCatalogue
from backend.agents.function_agent import function_agent
from backend.protocol.events import Draft, StatusEvent, TokenEvent
from backend.settings import Settings
from tests.agents.attached_files import attached
from tests.agents.test_catalogue import NoRecordings

README = Path(__file__).resolve().parents[2] / "README.md"
CODE = re.compile(r"^```python\n(from backend\.agents\.function_agent .*?)^```", re.MULTILINE | re.DOTALL)
POINT = re.compile(r'^\[project\.entry-points\."playhead\.agents"\]\n(\w+) = "(.+?)"$', re.MULTILINE)


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EntryPoint]:
    """The entry point that the README shows, its module where Python finds it."""
    text = README.read_text(encoding="utf-8")
    (code,), ((name, value),) = CODE.findall(text), POINT.findall(text)
    module = value.partition(":")[0]
    (tmp_path / f"{module}.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield EntryPoint(name=name, value=value, group="playhead.agents")
    sys.modules.pop(module, None)


async def catalogue_of(point: EntryPoint, folder: Path) -> AgentCatalogue:
    environment = AgentEnvironment(Settings(data_dir=folder), NoRecordings())
    catalogue = AgentCatalogue.discover(environment, [point])
    await catalogue.prepare()
    return catalogue


async def drafts(catalogue: AgentCatalogue, name: str, question: str) -> list[Draft]:
    agent = await catalogue.find(name)
    return [draft async for draft in agent.run(RunRequest("run-1", question), RunContext())]


def test_the_readmes_agent_is_five_lines(shown: EntryPoint) -> None:
    (code,) = CODE.findall(README.read_text(encoding="utf-8"))
    assert len([line for line in code.splitlines() if line.strip()]) == 5


async def test_an_agent_that_takes_files_says_so_and_finds_them(tmp_path: Path) -> None:
    @function_agent(file_kinds=("txt",))
    async def reader(request: RunRequest, context: RunContext) -> AsyncGenerator[Draft | str, None]:
        """Reads files."""
        for file in context.attachments:
            yield f"{file.name}: {file.path.read_text()}"

    provider = reader(AgentEnvironment(Settings(data_dir=tmp_path), NoRecordings()))
    (offer,) = await provider.offers()
    assert (offer.title, offer.file_kinds) == ("Reads files", ("txt",))
    context = RunContext(files=attached(tmp_path, notes_txt="Hello."))
    agent = await provider.open("")
    drafts = [draft async for draft in agent.run(RunRequest("run-1", "Why?"), context)]
    assert drafts == [TokenEvent(text="notes.txt: Hello.")]
    with pytest.raises(ValueError, match="no kind of file 'doc'"):
        function_agent(file_kinds=("doc",))


async def test_the_readmes_agent_answers(shown: EntryPoint, tmp_path: Path) -> None:
    catalogue = await catalogue_of(shown, tmp_path)
    assert catalogue.warnings == ()
    (offer,) = await catalogue.offers()
    assert (offer.agent, offer.title) == (shown.name, "Repeats the question")
    answer = await drafts(catalogue, shown.name, "Why?")
    assert "".join(draft.text for draft in answer if isinstance(draft, TokenEvent)) == "You asked: Why?"


async def test_a_draft_passes_and_the_generator_is_closed_when_the_run_ends_early(tmp_path: Path) -> None:
    closed: list[str] = []

    async def busy(request: RunRequest, context: RunContext) -> AsyncGenerator[Draft | str, None]:
        try:
            yield StatusEvent(step="thinking")
            yield "one"
        finally:
            closed.append(request.run_id)

    provider = function_agent(busy)(AgentEnvironment(Settings(data_dir=tmp_path), NoRecordings()))
    run = (await provider.open("")).run(RunRequest("run-1", "Why?"), RunContext())
    assert await anext(run) == StatusEvent(step="thinking")
    await run.aclose()  # type: ignore[attr-defined]
    assert closed == ["run-1"]


async def test_there_are_no_variants(tmp_path: Path) -> None:
    async def echo(request: RunRequest, context: RunContext) -> AsyncGenerator[Draft | str, None]:
        yield request.question

    provider = function_agent(echo)(AgentEnvironment(Settings(data_dir=tmp_path), NoRecordings()))
    with pytest.raises(UnknownAgentError, match="There is no agent 'echo:loud': use 'echo'"):
        await provider.open("loud")
    assert await provider.plan("", RunRequest("run-1", "Why?")) is None
