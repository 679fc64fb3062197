"""Reads a results.json, and refuses any other file in one sentence."""

import json
from pathlib import Path

from pydantic import ValidationError

from evals.results.models import SCHEMA, Results

FILE_NAME = "results.json"


class ResultsError(Exception):
    """There are no results that can be read. The message names the file, and the next action."""


def read_results(path: Path) -> Results:
    """The results in a file, or in the results.json of a folder. Raises ``ResultsError``."""
    file = path / FILE_NAME if path.is_dir() else path
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ResultsError(
            f"{file} cannot be read: {error.strerror or error}. Give a results.json of playhead eval, or its folder."
        ) from error
    try:
        return Results.model_validate_json(content)
    except ValidationError as error:
        raise ResultsError(_refusal(file, content, error)) from error


def _refusal(file: Path, content: bytes, error: ValidationError) -> str:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return f"{file} is not a complete JSON: it was cut off or changed. Write it again with playhead eval."
    schema = data.get("schema") if isinstance(data, dict) else None
    if not isinstance(schema, str):
        return f"{file} is not a results.json of playhead eval: it does not name its schema."
    if schema != SCHEMA:
        return (
            f"{file} has the schema {schema[:60]!r} and this Playhead compares {SCHEMA!r}: "
            "write both results with the same version."
        )
    place = ".".join(str(part) for part in error.errors(include_url=False)[0]["loc"])
    return f"{file} is damaged: {place} cannot be read. Write it again with playhead eval."
