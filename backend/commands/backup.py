"""``playhead backup``: everything that a backend keeps, in one file, also while it serves."""

from pathlib import Path

import click

from backend.commands.data_option import chosen_data_dir, data_option


@click.command(short_help="Save a data folder as one file.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def command(file: Path, data_dir: Path | None) -> None:
    """Save runs, feedback, shares, attached files and imported recordings as FILE, also while a backend serves.

    FILE must not exist. It contains everything that people asked and were answered: keep it as safe as the folder.
    """
    from backend.runs.backup.made_backup import make_backup
    from backend.runs.backup.manifest import BackupError

    try:
        manifest = make_backup(chosen_data_dir(data_dir), file.expanduser().absolute())
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    size = sum(kept.size for kept in manifest.files.values())
    click.echo(f"{file}: {len(manifest.files)} files, {size:,} bytes before compression")
