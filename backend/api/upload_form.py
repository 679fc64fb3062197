"""A form with one file, read as it comes: nothing of it is kept here but the file's name."""

from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import Headers

from backend.api.problems import RequestProblem

MEDIA_TYPE: Final = "multipart/form-data"
FIELD: Final = "file"

_MOST_PARTS = 8
"""How many parts a form may have: some clients add fields of their own before the file, which are passed over."""


class UploadForm:
    """Takes the pieces of a body, and gives the file's bytes in them. Raises a problem for any other body."""

    def __init__(self, headers: Headers) -> None:
        kind, options = parse_options_header(headers.get("content-type", ""))
        boundary = options.get(b"boundary")
        if kind.decode("latin-1").lower() != MEDIA_TYPE or not boundary:
            raise RequestProblem(
                415, "not-a-form", f"The body is not a form: send {MEDIA_TYPE} with the file in its field {FIELD!r}."
            )
        self.name: str | None = None
        """The file's name as it was sent; None while no file has come."""
        self._pieces: list[bytes] = []
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._disposition = b""
        self._is_file = self._ended = False
        self._parts = 0
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                    "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._begin_content,
                    "on_part_data": self._take,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise _unreadable() from error

    def feed(self, piece: bytes) -> bytes:
        """The file's bytes in the next piece of the body."""
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise _unreadable() from error
        found, self._pieces = b"".join(self._pieces), []
        return found

    def close(self) -> str:
        """The body has ended: the file's name."""
        if not self._ended:
            raise _unreadable()
        if self.name is None:
            raise RequestProblem(422, "no-file", f"The form has no file: put one into its field {FIELD!r}.")
        return self.name

    def _begin_part(self) -> None:
        self._parts += 1
        self._disposition = b""
        if self._parts > _MOST_PARTS:
            raise _unreadable()

    def _end_header(self) -> None:
        field, value = self._header
        if field.lower() == b"content-disposition":
            self._disposition = bytes(value)
        self._header = (bytearray(), bytearray())

    def _begin_content(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._is_file = options.get(b"name") == FIELD.encode()
        if not self._is_file:
            return
        if self.name is not None:
            raise RequestProblem(422, "several-files", "The form has several files: send each by a request of its own.")
        if b"filename" not in options:
            raise RequestProblem(422, "no-file", f"The field {FIELD!r} has no file name: send a file.")
        self.name = options[b"filename"].decode("utf-8", "replace")

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._pieces.append(data[start:end])

    def _end(self) -> None:
        self._ended = True


def _unreadable() -> RequestProblem:
    return RequestProblem(
        400, "unreadable-form", "The form cannot be read: it is malformed, or it was cut. Send it again, whole."
    )
