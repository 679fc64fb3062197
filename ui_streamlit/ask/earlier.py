"""The turns before the current one."""

from collections.abc import Sequence

from ui_streamlit.ask.conversation import Turn


def earlier_turns(turns: Sequence[Turn]) -> str:
    """Safe HTML of the earlier turns, the first one at the top; empty where there are none."""
    return ""
