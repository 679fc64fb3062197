"""The bundled notes state what the figures hold, and nothing else in numbers."""

import csv
import hashlib
import re
from pathlib import Path

import pytest

from backend.agents.documents.library import SAMPLE
from backend.agents.documents.readers import read_document
from backend.agents.documents.readers.extraction import Extraction

TRANSCRIBED = "9c1c96cb06e6f23858255ac0d14526aca40e235c3e755b0975b215247f4c0031"
"""The SHA-256 of the figures as they were transcribed from the filings."""

NOTES = sorted(path.name for path in SAMPLE.glob("nvidia-*.md"))
# What is not a figure: names of periods and forms, dates, and the threshold of disclosure.
NAMES = re.compile(r"FY\d{4}(?: Q\d)?|\d{4}-\d\d-\d\d|\b\d+-[QK]\b|\b10 % or more\b")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def rows() -> list[dict[str, str]]:
    with (SAMPLE / "figures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def note(name: str) -> Extraction:
    return read_document(name, (SAMPLE / name).read_bytes())


def stated(fiscal_period: str) -> dict[str, str]:
    return {row["metric"]: row["value"] for row in rows() if row["fiscal_period"] == fiscal_period}


def test_figures_are_those_that_were_transcribed() -> None:
    """A figure is changed on purpose only: then the checksum changes with it."""
    figures = (SAMPLE / "figures.csv").read_bytes()
    assert hashlib.sha256(figures).hexdigest() == TRANSCRIBED


def test_the_transcription_is_that_of_the_shared_data(shared_data: Path) -> None:
    assert (SAMPLE / "figures.csv").read_bytes() == (shared_data / "nvda_filings.csv").read_bytes()


def test_there_is_a_note_for_every_filing_with_figures() -> None:
    origin = {"accession_number", "filing_url", "filing_date"}
    filed = {row["fiscal_period"] for row in rows() if row["metric"] == "accession_number"}
    with_figures = {row["fiscal_period"] for row in rows() if row["metric"] not in origin} & filed
    assert {note(name).fields["fiscal_period"] for name in NOTES} == with_figures
    assert len(NOTES) >= 12


@pytest.mark.parametrize("name", NOTES)
def test_origin_is_that_of_the_filing(name: str) -> None:
    extraction = note(name)
    filing = stated(extraction.fields["fiscal_period"])
    row = next(row for row in rows() if row["fiscal_period"] == extraction.fields["fiscal_period"])
    assert extraction.fields["accession_number"] == filing["accession_number"]
    assert extraction.fields["period_end"] == row["period_end"]
    assert extraction.fields["form"] == row["filing"]
    assert extraction.origin.url == filing["filing_url"]
    assert extraction.origin.date == filing["filing_date"]
    assert filing["accession_number"] in extraction.origin.source
    assert filing["filing_date"] in extraction.origin.source
    assert row["filing"] in extraction.origin.title


@pytest.mark.parametrize("name", NOTES)
def test_every_number_is_a_figure_of_the_filing(name: str) -> None:
    extraction = note(name)
    period = extraction.fields["fiscal_period"]
    short = f"FY{period[4:6]} {period[6:]}"
    told_by = {
        float(row["value"])
        for row in rows()
        if (row["fiscal_period"] == period and "restated" not in row["metric"])
        or f"restated in {short} 10-Q" in row["metric"]
        or (period == "FY2025" and row["fiscal_period"] == "FY2025Q4")
        if NUMBER.fullmatch(row["value"])
    }
    body = NAMES.sub(" ", " ".join(extraction.text[block.start : block.end] for block in extraction.blocks))
    numbers = [float(number.replace(",", "")) for number in NUMBER.findall(body)]
    assert numbers, "a note without a figure"
    assert [number for number in numbers if number not in told_by] == []


@pytest.mark.parametrize("name", NOTES)
def test_every_note_says_that_it_is_one(name: str) -> None:
    assert "This is a note about the filing" in note(name).text


def test_page_about_the_notes_states_no_figure() -> None:
    text = note("about-these-notes.md").text
    assert NUMBER.findall(NAMES.sub(" ", text)) == []
