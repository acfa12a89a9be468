"""``trailbell init``: start a project."""

import shlex
from pathlib import Path

import click

from trailbell.command.option import examples
from trailbell.scaffold.project_files import create_project
from trailbell.source_location import display_path
from trailbell.wording import pluralize


@click.command("init", epilog=examples("init alarms", "init"))
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
def command(folder: Path) -> int:
    """Start a project in FOLDER (default: the current one), which is created if needed.

    The project has settings, one detection, policy and stack of its own as examples, tests, and a
    workflow for GitHub. It builds as it is, together with the baseline: the detections and stacks
    that come with Trailbell. Files that exist are not changed.
    """
    project = create_project(folder)
    click.echo(f"Created a project in {project.root}: {pluralize(len(project.files), 'file')}.")
    for name in project.files:
        click.echo(f"  {name}")
    if project.missing:
        click.echo(f"Your .gitignore was kept. Add to it: {' '.join(project.missing)}")
    here = project.root == Path.cwd()
    click.echo("Next:")
    if not here:
        click.echo(f"  cd {shlex.quote(display_path(project.root))}")
    click.echo("  trailbell build    compile everything to dist/")
    click.echo("  trailbell list     list stacks and detections")
    return 0
