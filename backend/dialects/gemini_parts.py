"""The parts of a Gemini response: text, thoughts, calls, code that the server ran, and what the server looked up."""

from collections.abc import Iterable

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, objects_of, plain, text_of
from backend.dialects.said_text import said_text
from backend.dialects.text_offsets import TextOffsets

_MAX_REMEMBERED = 10_000

_BESIDE_TEXT = frozenset({"thought", "thoughtSignature", "partMetadata"})

_CODE = "code of the server"

_SEARCH, _FETCH = "google_search", "url_context"


class GeminiParts:
    """Turns the parts of one answer into drafts."""

    def __init__(self, drafts: AnswerDrafts, text: TextOffsets) -> None:
        """``text`` is the answer as it grows, for the offsets of its citations."""
        self._drafts = drafts
        self._text = text
        self._calls: list[str] = []
        self._growing: dict[str, JsonValue] = {}
        """Arguments of a call that comes in pieces, by their path."""
        self._grows = ""
        self._look_ups: list[str] = []
        """Tools of the server that were reported."""
        self.starts: list[int] = []
        """Where the texts begin that are parted by other parts, in code points."""
        self._in_text = False

    def read(self, part: JsonObject) -> None:
        """The next part."""
        text = said_text(part, "text", _BESIDE_TEXT, self._drafts.count_loss) if "text" in part else ""
        if part.get("thought") is True:
            self._in_text = False
            if text:
                self._drafts.steps.add_thinking(text)
        elif "text" in part:
            self._say(text)
        elif not self._read_tool(part):
            known = [name for name in part if name not in ("thoughtSignature", "thought")]
            if known:
                self._drafts.count_loss("images and files" if "Data" in known[0] else f"parts of type {known[0][:40]}")

    def searched(self, grounding: JsonObject) -> None:
        """Searches that grounded the answer: the server sent their words, not their times. Newer models report a
        search when it runs, as a call, and repeat its words here."""
        queries = _texts(grounding.get("webSearchQueries")) + _texts(grounding.get("retrievalQueries"))
        if queries and not any(name.startswith(f"{_SEARCH}_") for name in self._look_ups):
            self._step_of_server(_SEARCH, queries)
        if object_of(grounding, "searchEntryPoint"):
            self._drafts.count_loss("suggestions of the search")

    def fetched(self, pages: Iterable[JsonObject]) -> None:
        """Pages that the server fetched."""
        addresses: list[JsonValue] = [text_of(page, "retrievedUrl") or text_of(page, "retrieved_url") for page in pages]
        if addresses:
            self._step_of_server(_FETCH, addresses)

    def found(self, tool: str) -> None:
        """The answer has sources that this tool finds: a separate step, unless a look-up was reported."""
        if not self._look_ups:
            self._step_of_server(tool, None)

    def end_calls(self) -> None:
        """The answer is whole: what it called is not answered in it."""
        self._end_growing()
        self._drafts.end_calls(self._calls)
        self._calls.clear()

    def _say(self, text: str) -> None:
        if text and not self._in_text:
            self._in_text = True
            if len(self.starts) < _MAX_REMEMBERED:
                self.starts.append(self._drafts.length)
        before = self._drafts.length
        self._drafts.add_text(text)
        if self._drafts.length > before:
            self._text.add(text)

    def _read_tool(self, part: JsonObject) -> bool:
        code, ran = object_of(part, "executableCode"), object_of(part, "codeExecutionResult")
        if code:
            self._start(_CODE, "code_execution", plain(code))
        elif ran:
            failed = text_of(ran, "outcome") not in ("", "OUTCOME_OK")
            self._drafts.steps.end(_CODE, "failed" if failed else "finished", result=plain(ran))
        elif "functionCall" in part:
            self._read_call(object_of(part, "functionCall"))
        elif "toolCall" in part:
            call = object_of(part, "toolCall")
            name = (text_of(call, "toolType") or "tool").lower()
            self._remember(name)
            self._start(f"server {text_of(call, 'id')}", name, plain(call.get("args")))
        elif "toolResponse" in part:
            response = object_of(part, "toolResponse")
            self._drafts.steps.end(f"server {text_of(response, 'id')}", result=plain(response.get("response")))
        else:
            return False
        self._in_text = False
        return True

    def _read_call(self, call: JsonObject) -> None:
        name = text_of(call, "name")
        if name:
            self._end_growing()
            key = f"call {text_of(call, 'id') or len(self._calls)}"
            self._start(key, name, plain(call.get("args")))
            self._calls.append(key)
            self._grows = key
        for piece in objects_of(call, "partialArgs"):
            self._grow(piece)
        if call.get("willContinue") is not True:
            self._end_growing()

    def _grow(self, piece: JsonObject) -> None:
        """One value of an argument: a text may come in several pieces."""
        path = text_of(piece, "jsonPath").removeprefix("$.")[:200]
        if len(self._growing) >= 1_000 and path not in self._growing:
            self._drafts.count_loss("arguments beyond the longest")
            return
        if isinstance(text := piece.get("stringValue"), str):
            before = self._growing.get(path)
            self._growing[path] = (before + text)[:1_000_000] if isinstance(before, str) else text
        else:
            values = (plain(piece[name]) for name in ("numberValue", "boolValue", "nullValue") if name in piece)
            self._growing[path] = next(values, None)

    def _end_growing(self) -> None:
        if self._growing and self._grows:
            self._drafts.steps.complete_arguments(self._grows, dict(self._growing))
        self._growing, self._grows = {}, ""

    def _start(self, key: str, name: str, arguments: JsonValue) -> None:
        self._drafts.steps.start_call(key, name, arguments=arguments)

    def _step_of_server(self, name: str, arguments: JsonValue) -> None:
        self._remember(name)
        key = f"{name} {len(self._look_ups)}"
        self._drafts.steps.start(key, "retrieving", label=name, tool=name, arguments=arguments)
        self._drafts.steps.end(key)

    def _remember(self, name: str) -> None:
        if len(self._look_ups) < _MAX_REMEMBERED:
            self._look_ups.append(name)


def _texts(value: JsonValue) -> list[JsonValue]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
