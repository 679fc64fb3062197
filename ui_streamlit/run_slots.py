"""The layout of a run on a page: the conversation on the left, its evidence on the right."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.present.answer.formula_attributes import formulas_as_attributes

BOX_HEIGHT_PX = 420
"""The page's style fits the boxes to the window."""


@dataclass(frozen=True, slots=True)
class RunSlots:
    """The slots of a run on the page. ``metrics`` and ``tabs`` are on pages that show one run."""

    status: DeltaGenerator
    question: DeltaGenerator
    notice: DeltaGenerator
    warnings: DeltaGenerator
    answer: DeltaGenerator
    steps: DeltaGenerator
    results: DeltaGenerator
    sources: DeltaGenerator
    metrics: DeltaGenerator | None = None
    tabs: DeltaGenerator | None = None
    strip: DeltaGenerator | None = None
    """For what comes to the strip during a pass, on a page that follows runs."""


@dataclass(frozen=True, slots=True)
class ReadingSlots:
    """The left side."""

    status: DeltaGenerator
    question: DeltaGenerator
    notice: DeltaGenerator
    warnings: DeltaGenerator
    answer: DeltaGenerator
    below: DeltaGenerator


def lay_out_reading(earlier: str = "", before: Callable[[], None] | None = None) -> ReadingSlots:
    """The conversation, in a box that scrolls: earlier turns, then the question with its answer and all that belongs to
    it. ``earlier``: safe HTML of the turns before; ``before`` draws what comes first in that box."""
    with _box("ph-reading"):
        if before is not None:
            before()
        if earlier:
            st.html(formulas_as_attributes(earlier))
        with st.container(key="ph-turn", gap=None):
            question, status = st.empty(), st.empty()
            answer = st.container(key="ph-answer", gap=None)
            notice, warnings = st.empty(), st.empty()
            below = st.container(key="ph-below", gap=None)
    return ReadingSlots(status, question, notice, warnings, answer, below)


def lay_out_evidence(reading: ReadingSlots, before: Callable[[], None] | None = None) -> RunSlots:
    """Steps, sources and results, one of them at a time; together with the left side. ``before`` draws the parts above
    them."""
    with st.container(key="ph-above-tabs", gap=None):
        if before is not None:
            before()
        with st.container(key="ph-metrics", gap=None):
            metrics = st.empty()
    with st.container(key="ph-tabs", gap=None):
        tabs = st.empty()
    with _box("ph-panel-steps"):
        steps = st.empty()
    with _box("ph-panel-sources"):
        sources = st.empty()
    with _box("ph-panel-results"):
        results = st.empty()
    return RunSlots(
        reading.status, reading.question, reading.notice, reading.warnings, reading.answer, steps, results, sources,
        metrics, tabs,
    )  # fmt: skip


def _box(key: str) -> DeltaGenerator:
    """A box that scrolls by itself."""
    return st.container(key=key, height=BOX_HEIGHT_PX, border=False, gap=None, autoscroll=False)
