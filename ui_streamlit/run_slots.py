"""The layout of a run on a page: the answer on the left, its evidence on the right."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.present.pages.notices import section_title_html
from backend.present.words import run as words

READING_HEIGHT_PX = 420
EVIDENCE_HEIGHT_PX = 620
"""The page's style fits both to the window."""


@dataclass(frozen=True, slots=True)
class RunSlots:
    """The slots of a run on the page."""

    status: DeltaGenerator
    question: DeltaGenerator
    notice: DeltaGenerator
    warnings: DeltaGenerator
    answer: DeltaGenerator
    steps: DeltaGenerator
    results: DeltaGenerator
    sources: DeltaGenerator


@dataclass(frozen=True, slots=True)
class ReadingSlots:
    """The left side."""

    status: DeltaGenerator
    question: DeltaGenerator
    notice: DeltaGenerator
    warnings: DeltaGenerator
    answer: DeltaGenerator


def lay_out_reading(earlier: str = "") -> ReadingSlots:
    """The status line, and below it the answer, in a box that scrolls. ``earlier``: safe HTML of the turns before."""
    status = st.empty()
    with st.container(key="ph-reading", height=READING_HEIGHT_PX, border=False, gap="xsmall", autoscroll=False):
        if earlier:
            st.html(earlier)
        question, notice, warnings = st.empty(), st.empty(), st.empty()
        answer = st.container(key="ph-answer", gap=None)
    return ReadingSlots(status, question, notice, warnings, answer)


def lay_out_evidence(reading: ReadingSlots, before: Callable[[], None] | None = None) -> RunSlots:
    """Steps, results and sources, in a box that scrolls by itself; together with the left side. ``before`` draws the
    parts above them in that box."""
    with st.container(key="ph-evidence", height=EVIDENCE_HEIGHT_PX, border=False, gap="xsmall", autoscroll=False):
        if before is not None:
            before()
        st.html(section_title_html(words.STEPS_TITLE))
        steps = st.empty()
        st.html(section_title_html(words.ARTIFACTS_TITLE))
        results = st.empty()
        st.html(section_title_html(words.SOURCES_TITLE))
        sources = st.empty()
    return RunSlots(
        reading.status, reading.question, reading.notice, reading.warnings, reading.answer, steps, results, sources
    )
