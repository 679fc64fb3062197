"""The answer as blocks: finished ones never change, only the last one grows.

A finished block is drawn again in one case only: a marker in it got its source (or the run ended without it). So a UI
may freeze every block but the last, and bytes grow with the answer, not with its square.
"""

from dataclasses import dataclass, replace

from backend.present.answer.fragments import MarkerContext, block_html
from backend.present.answer.markdown_blocks import MarkdownBlock, growing_blocks, normalized, parse_blocks
from backend.present.answer.paragraph_pieces import in_pieces, is_cut
from backend.present.answer.partial_markdown import visible_text, without_open_formula
from backend.present.evidence.sources import source_titles
from backend.present.evidence.span_markers import marked_answer
from backend.protocol.run_view import RunView


@dataclass(frozen=True, slots=True)
class AnswerBlock:
    """One top-level block of the answer, drawn. ``key`` is stable while the answer grows; ``html`` is complete by
    itself."""

    key: str
    html: str
    final: bool


class AnswerRenderer:
    """Draws one growing answer. Keeps the finished blocks, so that each call costs only the block that still grows.

    Make one per run and watcher. Any view may be drawn at any time: one that does not continue the last view starts
    again.
    """

    def __init__(self, scope: str = "") -> None:
        self._scope = scope
        self._frozen: list[MarkdownBlock] = []
        self._frozen_text = ""
        self._lead = ""
        self._continued = False
        """Whether the first block after the frozen ones continues the paragraph before it."""
        self._shown = ""
        self._drawn: list[tuple[MarkdownBlock, tuple[object, ...], AnswerBlock]] = []

    def blocks(self, view: RunView) -> list[AnswerBlock]:
        """The blocks of the view's answer, in order."""
        answer = normalized(marked_answer(view))
        shown = answer if view.ended else visible_text(answer)
        if not shown.startswith(self._shown):
            self._frozen, self._frozen_text, self._lead, self._continued = [], "", "", False
        if not view.ended:
            settled = len(self._frozen_text)
            shown = shown[:settled] + without_open_formula(self._lead + shown[settled:])[len(self._lead) :]
        self._shown = shown
        growing = self._advance(shown, closing=view.stream.outcome != "completed")
        context = MarkerContext(source_titles(view), view.ended, self._scope)
        finished = len(self._frozen) + (len(growing) if view.ended else 0)
        blocks = [*self._frozen, *growing]
        follows = [block.continued for block in blocks[1:]] + [False]
        drawn = [
            self._draw(index, block, context, final=index < finished, continues=follows[index])
            for index, block in enumerate(blocks)
        ]
        del self._drawn[len(drawn) :]
        return drawn

    def _advance(self, shown: str, *, closing: bool) -> list[MarkdownBlock]:
        """Freeze every block that ends before a complete line, and every piece of a paragraph that ends before another;
        returns the blocks that still grow."""
        tail = self._lead + shown[len(self._frozen_text) :]
        settled = self._pieces(parse_blocks(tail)) if is_cut(tail) else []
        if not settled or not settled[-1].continued:
            settled = self._pieces(parse_blocks(tail[: tail.rfind("\n") + 1]))
        if len(settled) > 1:
            last = settled[-1]
            self._frozen += settled[:-1]
            self._frozen_text += tail[len(self._lead) : last.start]
            self._lead, self._continued = last.lead, last.continued
            tail = last.lead + tail[last.start :]
        return self._pieces(growing_blocks(tail) if closing else parse_blocks(tail))

    def _pieces(self, blocks: list[MarkdownBlock]) -> list[MarkdownBlock]:
        """The blocks after the frozen ones, with pieces in place of long paragraphs."""
        pieces = in_pieces(blocks)
        if pieces and self._continued:
            pieces[0] = replace(pieces[0], continued=True)
        return pieces

    def _draw(
        self, index: int, block: MarkdownBlock, context: MarkerContext, *, final: bool, continues: bool
    ) -> AnswerBlock:
        signature = (final, continues, *context.signature(block.numbers))
        if index < len(self._drawn):
            known, known_signature, drawn = self._drawn[index]
            if known.text == block.text and known_signature == signature:
                return drawn
        drawn = AnswerBlock(
            key=f"b{index}",
            html=block_html(
                block.tokens, context, f"answer-{self._scope}-{index}", complete=final, continues=continues
            ),
            final=final,
        )
        self._drawn[index : index + 1] = [(block, signature, drawn)]
        return drawn


def answer_blocks(view: RunView, *, scope: str = "") -> list[AnswerBlock]:
    """The blocks of one view's answer. To follow a growing answer keep an ``AnswerRenderer`` instead."""
    return AnswerRenderer(scope).blocks(view)


def answer_html(view: RunView, *, scope: str = "") -> str:
    """The whole answer as safe HTML."""
    return "".join(block.html for block in answer_blocks(view, scope=scope))
