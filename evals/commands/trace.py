"""``playhead trace``: exports a recorded run as an OpenTelemetry trace."""

from pathlib import Path

import click


@click.command(name="trace", short_help="Export a recording as an OpenTelemetry trace.")
@click.argument("recording", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file for the spans, as OTLP JSON.")
@click.option("--otlp", metavar="URL", help="A collector to send them to, such as http://127.0.0.1:4318.")
@click.option("--with-content", is_flag=True, help="Include question, answer, titles, arguments and results.")
def command(recording: Path, out: Path | None, otlp: str | None, with_content: bool) -> None:
    """Export RECORDING as spans: one for the run and one for each step; tools keep their names.

    Text that people or agents wrote is left out unless you give --with-content.
    """
    from importlib.metadata import version

    from backend.protocol.recording_reader import parse_recording
    from backend.protocol.recordings import RecordingError
    from evals.files.atomic_files import OutputError, write_files
    from evals.files.opentelemetry.otlp import SendingError, otlp_json, send
    from evals.files.opentelemetry.spans import NoMoment, spans_of

    if out is None and otlp is None:
        raise click.UsageError("Give --out FILE, or --otlp URL of a collector.")
    try:
        spans = spans_of(parse_recording(recording.read_bytes()), with_content=with_content)
        text = otlp_json(spans, version("playhead"))
        if out is not None:
            write_files(out.parent, {out.name: text})
        if otlp is not None:
            send(text, otlp)
    except OSError as error:
        raise click.ClickException(f"{recording} cannot be read: {error.strerror or error}.") from error
    except (RecordingError, NoMoment, SendingError, OutputError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(spans)} spans of trace {spans[0].trace_id}")
