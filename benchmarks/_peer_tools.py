"""The tools that ``benchmarks.peers`` compares: how each is installed, run, and read.

Every peer has an environment of its own, made by uv in a cache folder, and is run as its documentation says, with what
it writes about single requests. What a tool says of a request is kept as that: its own time to first token, and its
own distances of chunks where it writes them.
"""

import json
import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any, Final

from backend.protocol.events import TokenEvent
from backend.protocol.recording_reader import parse_recording
from benchmarks._peer_server import CHUNKS, MARK

MOST_S: Final = 240.0
"""The longest that a tool may take for one measurement."""


class PeerFailure(Exception):
    """A tool cannot be installed or did not measure; the message is its own last words."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a tool says of one request, in milliseconds. ``key`` is the number of the stream, or the request's id;
    ``gaps_ms`` is None where the tool gives no more than their mean."""

    key: int | str
    ttft_ms: float
    mean_gap_ms: float
    gaps_ms: list[float] | None


class Tool(ABC):
    """One tool."""

    name: str
    package: str | None = None
    """What uv installs for it; None for Playhead itself."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / self.name.partition(" ")[0]

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return self._folder / "bin" / "python" if self.package else Path(sys.executable)

    @property
    def installed(self) -> bool:
        """True if the environment was made to its end."""
        return self.package is None or (self._folder / "installed").exists()

    def install(self) -> None:
        """Make its environment. Raises ``PeerFailure``."""
        uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
        called([uv, "venv", "--quiet", "--clear", str(self._folder)], 60.0)
        called([uv, "pip", "install", "--quiet", "--python", str(self.python), str(self.package)], 1200.0)
        (self._folder / "installed").touch()

    @abstractmethod
    def measure(self, url: str, streams: int, requests: int, folder: Path) -> list[Measured]:
        """Let it measure so many requests, so many at a time; ``folder`` is empty. Raises ``PeerFailure``."""

    def _program(self) -> str:
        return str(self.python.parent / self.name)


class Playhead(Tool):
    """``playhead eval --target``, its times taken from the results and recordings that it writes."""

    name = "playhead"

    def measure(self, url: str, streams: int, requests: int, folder: Path) -> list[Measured]:
        """As in ``Tool``."""
        suite = folder / "peers.yaml"
        suite.write_text(
            f"suite: peers\nconcurrency: {streams}\nwarm_up: 1\nrepeats: {requests}\n"
            "runs: [{name: hello, agent: remote, question: hello}]\n",
            encoding="ascii",
        )
        target = f"openai-chat:{url}/v1#known"
        called(
            [self._program(), "eval", str(suite), "--target", target, "--out", str(folder / "out")],
            MOST_S,
            codes=(0, 2),
        )
        results = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
        return [_of_recording(run, folder / "out" / run["recording"]) for run in results["runs"]]


def _of_recording(run: dict[str, Any], file: Path) -> Measured:
    tokens = [event for event in parse_recording(file.read_bytes()).events if isinstance(event, TokenEvent)]
    mark = MARK.match(tokens[0].text)
    if mark is None or len(tokens) != CHUNKS:
        raise PeerFailure(f"a run did not come whole: {run['error']}")
    gaps = [later.at_ms - earlier.at_ms for earlier, later in pairwise(tokens)]
    return Measured(int(mark[1]), run["metrics"]["ttft_ms"], mean(gaps), gaps)


class OpenAiLoop(Tool):
    """A loop over the openai SDK."""

    name = "openai loop"
    package = "openai"

    def measure(self, url: str, streams: int, requests: int, folder: Path) -> list[Measured]:
        """As in ``Tool``."""
        script = str(Path(__file__).with_name("_peer_openai.py"))
        written = called([str(self.python), script, url, str(streams), str(requests)], MOST_S)
        return list(self._read(written))

    def _read(self, written: str) -> Iterator[Measured]:
        for line in written.splitlines():
            answer = json.loads(line)
            moments = [(moment - answer["began"]) / 1e6 for moment in answer["moments"]]
            gaps = [later - earlier for earlier, later in pairwise(moments)]
            yield Measured(_stream(answer["id"]), moments[0], mean(gaps), gaps)


class GuideLlm(Tool):
    """guidellm, which writes the mean of an answer's gaps, and no single one."""

    name = "guidellm"
    package = "guidellm"

    def measure(self, url: str, streams: int, requests: int, folder: Path) -> list[Measured]:
        """As in ``Tool``."""
        report = folder / "report.json"
        called(
            [
                self._program(), "run", "--disable-console",
                "--backend", f"kind=openai_http,target={url},model=known,request_format=/v1/chat/completions",
                "--profile", f"kind=concurrent,streams={streams}",
                "--constraint", f"kind=max_requests,count={requests}",
                "--tokenizer", f"kind=hf_auto,model={tokenizer(folder)}",
                "--data", f"kind=json_file,path={prompts(folder, requests)}",
                "--output", f"kind=json,path={report}",
            ],
            MOST_S,
        )  # fmt: skip
        (benchmark,) = json.loads(report.read_text(encoding="utf-8"))["benchmarks"]
        return [
            Measured(
                _stream(one["response_id"]), one["time_to_first_token_ms"], one["inter_token_latency_ms"], None
            )
            for one in benchmark["requests"]["successful"]
        ]  # fmt: skip


class AiPerf(Tool):
    """aiperf, with the records of single requests that it writes when asked for."""

    name = "aiperf"
    package = "aiperf"

    def measure(self, url: str, streams: int, requests: int, folder: Path) -> list[Measured]:
        """As in ``Tool``."""
        called(
            [
                self._program(), "profile", "--model", "known", "--url", url, "--endpoint-type", "chat", "--streaming",
                "--tokenizer", str(tokenizer(folder)), "--concurrency", str(streams), "--request-count", str(requests),
                "--input-file", str(prompts(folder, requests)), "--custom-dataset-type", "single_turn",
                "--export-level", "records", "--artifact-dir", str(folder / "out"), "--ui", "none",
            ],
            MOST_S,
        )  # fmt: skip
        records = (folder / "out" / "profile_export.jsonl").read_text(encoding="utf-8").splitlines()
        return list(map(self._read, map(json.loads, records)))

    def _read(self, record: dict[str, Any]) -> Measured:
        metrics = record["metrics"]
        return Measured(
            record["metadata"]["x_request_id"],
            metrics["time_to_first_token"]["value"],
            metrics["inter_token_latency"]["value"],
            metrics["inter_chunk_latency"]["value"],
        )


TOOLS: Final[tuple[type[Tool], ...]] = (Playhead, OpenAiLoop, GuideLlm, AiPerf)


def called(command: list[str], most_s: float, codes: tuple[int, ...] = (0,)) -> str:
    """The output of a program. Raises ``PeerFailure`` with its last words if it fails or takes longer."""
    environment = {**os.environ, "NO_COLOR": "1", "DO_NOT_TRACK": "1"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=most_s, env=environment, check=False)
    except FileNotFoundError as error:
        raise PeerFailure(f"{command[0]} is not there") from error
    except subprocess.TimeoutExpired as error:
        raise PeerFailure(f"{Path(command[0]).name} was not done after {most_s:.0f} s") from error
    if done.returncode not in codes:
        words = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()
        raise PeerFailure(f"{Path(command[0]).name} ended with {done.returncode}: {' '.join(words[-3:])[-400:]}")
    return done.stdout


def prompts(folder: Path, count: int) -> Path:
    """A file of so many questions, as both load tools read it."""
    file = folder / "prompts.jsonl"
    file.write_text('{"text": "hello"}\n' * count, encoding="ascii")
    return file


def tokenizer(folder: Path) -> Path:
    """A tokenizer of two words. Both load tools want one from a hub or a folder, though the server counts tokens."""
    made = folder / "tokenizer"
    made.mkdir()
    model = {"type": "WordLevel", "vocab": {"[UNK]": 0, "hello": 1}, "unk_token": "[UNK]"}
    parts = dict.fromkeys(("truncation", "padding", "normalizer", "post_processor", "decoder"))
    split = {"type": "Whitespace"}
    words: dict[str, Any] = {"version": "1.0", "added_tokens": [], "pre_tokenizer": split, "model": model, **parts}
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "[UNK]", "model_max_length": 4096}
    (made / "tokenizer.json").write_text(json.dumps(words), encoding="ascii")
    (made / "tokenizer_config.json").write_text(json.dumps(settings), encoding="ascii")
    return made


def _stream(answer_id: str) -> int:
    return int(answer_id.rpartition("-")[2])
