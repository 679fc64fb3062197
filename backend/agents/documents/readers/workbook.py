"""Excel files (xlsx): each sheet under its name, as tables with the values that were last computed."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from backend.agents.documents.readers.document_text import DocumentText, TableCell
from backend.agents.documents.readers.extraction import MAX_LABEL_CHARS, Extraction, Origin, UnreadableFileError
from backend.agents.documents.readers.office import checked_office_file, not_readable
from backend.agents.documents.readers.reading import Reading

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MAX_SHEET_ROWS = 50_000
_REPORT_EVERY = 1_000
_MOST_COLUMNS = 500


def read_workbook(data: bytes, reading: Reading) -> Extraction:
    """The sheets' text, rows of one table up to an empty row. Raises ``UnreadableFileError``."""
    from openpyxl import load_workbook

    file = checked_office_file(data, "Excel")
    text = DocumentText()
    notices = []
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        for sheet in book.worksheets:
            text.heading(1, sheet.title)
            if not _add_sheet(sheet, text, reading):
                notices.append(f"only the first {MAX_SHEET_ROWS:,} rows of the sheet {sheet.title!r} were read")
        properties = book.properties
        origin = Origin((properties.title or "")[:MAX_LABEL_CHARS], (properties.creator or "")[:MAX_LABEL_CHARS])
        book.close()
    except UnreadableFileError:
        raise
    except Exception as error:
        raise not_readable("Excel") from error
    return text.extraction(Origin(origin.title, "" if origin.source == "openpyxl" else origin.source), notices=notices)


def _add_sheet(sheet: "ReadOnlyWorksheet", text: DocumentText, reading: Reading) -> bool:
    """Whether all of it was read."""
    rows: list[list[TableCell]] = []
    for number, cells in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS)):
        if number == MAX_SHEET_ROWS:
            text.table(rows)
            return False
        if number % _REPORT_EVERY == 0:
            reading.progress(number, 0, f"sheet {sheet.title}, row")
        written = [TableCell(_written(cell.value, cell.number_format or "")) for cell in cells]
        if any(cell.text for cell in written):
            rows.append(written)
        else:
            text.table(rows)
            rows = []
    text.table(rows)
    return True


def _written(value: Any, number_format: str) -> str:
    """A value as the sheet shows it, or nearly so."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value, number_format)
    return str(value)


def _number(value: float, number_format: str) -> str:
    if "%" in number_format:
        digits = len(number_format.split("%", maxsplit=1)[0].partition(".")[2].rstrip())
        return f"{value * 100:.{digits}f}%"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, float):
        value = float(f"{value:.12g}")
    return f"{value:,}" if "," in number_format else str(value)
