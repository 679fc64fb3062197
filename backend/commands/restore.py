"""``playhead restore``: a data folder made of a backup."""

from pathlib import Path

import click

from backend.commands.data_option import chosen_data_dir, data_option


@click.command(short_help="Make a data folder of a backup.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def command(file: Path, data_dir: Path | None) -> None:
    """Bring back what `playhead backup` saved as FILE, into a data folder that does not exist or is empty.

    The backup is checked whole first. Runs that were under way when it was made end as interrupted at the next start.
    """
    from backend.runs.backup.manifest import BackupError
    from backend.runs.backup.restored_folder import restore_backup

    folder = chosen_data_dir(data_dir)
    try:
        manifest = restore_backup(file, folder)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{folder}: {len(manifest.files)} files of {manifest.created_at}")
