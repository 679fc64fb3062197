"""The loss report in one sentence."""

from collections.abc import Sequence

from backend.dialects.dialect import Loss

_MOST_NAMED = 6


def losses_sentence(losses: Sequence[Loss]) -> str:
    """What a stream carried that is not shown, the most frequent first, such as ``Not shown: reasoning text (198).``"""
    named = [f"{loss.what} ({loss.count:,})" for loss in losses[:_MOST_NAMED]]
    more = len(losses) - len(named)
    return f"Not shown: {', '.join(named)}{f', and {more} more kinds' if more > 0 else ''}."
