"""``playhead compare``: compares two results; the exit code says whether anything became worse."""

from pathlib import Path

import click

from evals.commands.eval import Unusable


@click.command(short_help="Compare two results of a suite.")
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as one JSON object.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for comparison.html and comparison.json.",
)
@click.option(
    "--metric", "metrics", multiple=True, metavar="KEY", help="Compare only this metric. Can be given several times."
)
@click.pass_context
def command(
    context: click.Context, a: Path, b: Path, as_json: bool, out: Path | None, metrics: tuple[str, ...]
) -> None:
    """Show what is better or worse in B than in A. Each is a results.json of playhead eval, or its folder.

    Runs are compared scenario by scenario: times by their median and their tail, counts and shares by runs. When both
    results come from the same build, at most 1 comparison in 20 reports any difference, over all metrics together.
    Exit code 1: something is worse; 2: something may be worse, a kind of failure is new, or nothing can be judged;
    0: anything else.
    """
    from evals.comparison.comparison import compare
    from evals.comparison.doubts import ComparisonError
    from evals.comparison.page import write_comparison
    from evals.comparison.terminal_table import print_comparison
    from evals.files.atomic_files import OutputError, check_writable
    from evals.files.results_file import ResultsError, read_results

    try:
        comparison = compare(read_results(a), read_results(b), names=(str(a), str(b)), only=metrics)
        if out is not None:
            check_writable(out)
            write_comparison(out, comparison)
    except (ComparisonError, OutputError, ResultsError) as error:
        raise Unusable(str(error)) from error
    if as_json:
        click.echo(comparison.to_json())
    else:
        print_comparison(comparison)
        if out is not None:
            click.echo(f"report {(out / 'comparison.html').resolve()}")
    context.exit(comparison.exit_code)
