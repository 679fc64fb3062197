"""Reads the two results of a comparison, and refuses what cannot be compared, in one sentence."""

import json
from pathlib import Path

from pydantic import ValidationError

from evals.results.models import SCHEMA, Results

FILE_NAME = "results.json"


class ComparisonError(Exception):
    """The two results cannot be compared. The message says which one is in the way, and what to do."""


def read_results(path: Path) -> Results:
    """The results in a file, or in the results.json of a folder. Raises ``ComparisonError``."""
    file = path / FILE_NAME if path.is_dir() else path
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ComparisonError(
            f"{file} cannot be read: {error.strerror or error}. Give a results.json of playhead eval, or its folder."
        ) from error
    try:
        return Results.model_validate_json(content)
    except ValidationError as error:
        raise ComparisonError(_refusal(file, content, error)) from error


def _refusal(file: Path, content: bytes, error: ValidationError) -> str:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return f"{file} is no complete JSON: it was cut off or changed. Write it again with playhead eval."
    schema = data.get("schema") if isinstance(data, dict) else None
    if not isinstance(schema, str):
        return f"{file} is no results.json of playhead eval: it does not name its schema."
    if schema != SCHEMA:
        return (
            f"{file} has the schema {schema[:60]!r} and this Playhead compares {SCHEMA!r}: "
            "write both results with the same version."
        )
    place = ".".join(str(part) for part in error.errors(include_url=False)[0]["loc"])
    return f"{file} is no whole results.json: what stands at {place} cannot be read. Write it again with playhead eval."


def check_comparable(a: Results, b: Results) -> None:
    """Refuse two results that do not measure the same thing. Raises ``ComparisonError``."""
    for which, results in (("first", a), ("second", b)):
        if not results.runs:
            raise ComparisonError(f"The {which} results hold no run: there is nothing to compare.")
    if a.suite.name != b.suite.name:
        raise ComparisonError(
            f"These are results of two suites, {a.suite.name!r} and {b.suite.name!r}: compare results of the same one."
        )
    if a.target.plane != b.target.plane:
        raise ComparisonError(
            "One of the results has the times of the wire and the other those of recordings' servers: "
            "measure both, or score both from recordings."
        )
    if a.suite.concurrency != b.suite.concurrency:
        raise ComparisonError(
            f"One suite was played {a.suite.concurrency} runs at a time and the other {b.suite.concurrency}: "
            "play both under the same load."
        )
