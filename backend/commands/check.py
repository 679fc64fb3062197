"""``playhead check``: does a stream keep the six rules?"""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.commands.addresses import is_url, run_of_url
from backend.commands.refusals import exit_with

if TYPE_CHECKING:
    from backend.commands.checked_stream import CheckedStream

VIOLATED = 1


@click.command(short_help="Check a stream against the six rules.")
@click.argument("stream", metavar="FILE|URL")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def command(stream: str, as_json: bool) -> None:
    """Print every violation of the six rules in FILE or at URL.

    FILE is a recording, a captured event stream, or events as JSON lines. URL is an event stream or the address of a
    run; a run that is still running is followed to its end, on one connection. The exit code is 0 if all rules are
    kept, 1 if not, and 2 if the stream cannot be read.
    """
    from backend.commands.checked_stream import check_bytes, check_url
    from backend.protocol.checks import RULES

    if is_url(stream):
        run = run_of_url(stream)
        checked = asyncio.run(check_url(run.events_url if run else stream))
    else:
        from backend.commands.recording_files import read_file

        checked = check_bytes(read_file(Path(stream)))
    click.echo(json.dumps(_as_object(checked)) if as_json else "\n".join(_as_lines(checked, RULES)))
    exit_with(VIOLATED if checked.violations else 0)


def _as_object(checked: "CheckedStream") -> dict[str, object]:
    return {
        "ok": not checked.violations,
        "events": checked.events,
        "violations": [
            {"rule": violation.rule, "seq": violation.seq, "message": violation.message}
            for violation in checked.violations
        ],
    }


def _as_lines(checked: "CheckedStream", rules: dict[str, str]) -> list[str]:
    if not checked.violations:
        return [f"All {len(rules)} rules are kept in {checked.events:,} events."]
    lines = []
    for rule, sentence in rules.items():
        broken = [violation for violation in checked.violations if violation.rule == rule]
        if broken:
            lines.append(f"{rule}: {sentence}")
            lines += [f"  {_place(violation.seq)}: {violation.message}" for violation in broken]
    broken_rules = {violation.rule for violation in checked.violations}
    total = len(checked.violations)
    lines.append(
        f"{total:,} violation{'' if total == 1 else 's'} of {len(broken_rules)} of {len(rules)} rules "
        f"in {checked.events:,} events."
    )
    return lines


def _place(seq: int) -> str:
    return f"event {seq}" if seq else "end"
