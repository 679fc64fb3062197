"""The citations of Bedrock's Converse API: each names its place in a source, and supports the text of its block."""

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, objects_of, text_of, whole_number_of
from backend.protocol.events import Locator, Span

_MOST_BLOCKS = 1_000
_MOST_A_BLOCK = 1_000

_PLACES = ("documentChar", "documentPage", "documentChunk", "searchResultLocation", "web")


class BedrockCitations:
    """What the blocks of one answer cite."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._blocks: dict[str, tuple[int, list[str]]] = {}
        """Open blocks: where each begins in the answer, in code points, and the keys of its citations."""

    def start(self, index: str) -> None:
        """A block begins; nothing happens if it is open."""
        if index not in self._blocks:
            if len(self._blocks) >= _MOST_BLOCKS:
                self.stop_all()
            self._drafts.begin_text(apart=False)
            self._blocks[index] = (self._drafts.length, [])

    def add(self, index: str, citation: JsonObject) -> None:
        """The open block cites this."""
        location = object_of(citation, "location")
        kind = next((name for name in _PLACES if object_of(location, name)), "")
        place = object_of(location, kind)
        url = text_of(place, "url")
        source = text_of(citation, "source")
        quote = "".join(text_of(part, "text") for part in objects_of(citation, "sourceContent"))
        number = next((place[name] for name in ("documentIndex", "searchResultIndex") if name in place), "")
        title = text_of(citation, "title") or url or source or f"Document {number}".strip()
        key = f"{url or source or title}\n{quote}"
        self._drafts.add_citation(key, title=title, url=url, source=source, quote=quote, locator=_locator(kind, place))
        if kind in ("documentChunk", "searchResultLocation"):
            self._drafts.count_loss("places in a source that are neither a page nor characters")
        cited = self._blocks[index][1]
        if key not in cited and len(cited) < _MOST_A_BLOCK:
            cited.append(key)

    def stop(self, index: str) -> None:
        """A block is whole; nothing happens if it is not open."""
        start, cited = self._blocks.pop(index, (0, []))
        if start < self._drafts.length:
            for key in cited:
                self._drafts.add_citation(key, span=Span(start=start, end=self._drafts.length))

    def stop_all(self) -> None:
        """Every open block stops."""
        for index in list(self._blocks):
            self.stop(index)


def _locator(kind: str, place: JsonObject) -> Locator | None:
    start, end = whole_number_of(place, "start"), whole_number_of(place, "end")
    if kind == "documentPage" and start is not None and start > 0:
        return Locator(page=start)
    if kind == "documentChar" and start is not None and end is not None and 0 <= start < end:
        return Locator(start=start, end=end)
    return None
