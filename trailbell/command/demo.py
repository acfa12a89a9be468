"""``trailbell demo``: play an attack on an emulator, and show what notifies you and when."""

import json
import tempfile
from pathlib import Path

import click

from trailbell import text_files
from trailbell.build.project import Project
from trailbell.command.option import examples, json_option, option
from trailbell.command.output import print_lines, print_note
from trailbell.command.progress import progress
from trailbell.command.project import load_project
from trailbell.demo import attack, deployment, emulator
from trailbell.demo.page import GENERATOR, to_page
from trailbell.demo.play import play
from trailbell.demo.report import to_lines
from trailbell.demo.timeline import Timeline, to_json
from trailbell.errors import ContentError, OutputError
from trailbell.project.root import BASELINE, chosen_root, root_above, use_project
from trailbell.wording import pluralize

PAGE = "trailbell-demo.html"


@click.command("demo", epilog=examples("demo", "demo --page attack.html", "demo --json"))
@option(
    "--page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"Write the page to this file. Default: {PAGE} in the current folder; none with --json.",
)
@json_option("the timeline")
def command(page: Path | None, *, as_json: bool) -> int:
    """Play a written attack on an emulator of AWS on this machine, without an account.

    It deploys the stacks of the project that notify, puts a dozen events of CloudTrail on the
    event bus, and evaluates the alarms as AWS documents them. The timeline says for each event what
    was sent, when, and why something was not. It is printed, and written as a page in HTML.

    The emulator is an extra: pip install "trailbell[demo]". Outside of a project, the detections of
    Trailbell itself are used. Nothing is left behind but the page.
    """
    target = page if page or as_json else Path(PAGE)
    replaces = target is not None and _replaces(target)
    emulator.check_installed()
    if chosen_root() is None and root_above(Path.cwd()) is None:
        use_project(BASELINE)
        print_note("this folder is not in a project, so the baseline of Trailbell is played")
    timeline = _play(_load_project())
    if as_json:
        click.echo(json.dumps(to_json(timeline), indent=2))
    else:
        print_lines(to_lines(timeline))
    if target is not None:
        _write(target, to_page(timeline))
        click.echo(f"{'Replaced' if replaces else 'Written'}: {target}", err=as_json)
    return 0


def _load_project() -> Project:
    """The project. Raises its first error."""
    project = load_project()
    for error in project.errors:
        raise error
    return project


def _play(project: Project) -> Timeline:
    """Play the attack, and stop the emulator however that ends."""
    with progress("compiling") as shown:
        selection = deployment.select(project)
        with tempfile.TemporaryDirectory(prefix="trailbell-demo-") as folder:
            shown.update("starting the emulator")
            with (
                emulator.running(Path(folder), aws_sources=True) as address,
                emulator.only_emulator(address),
            ):
                shown.update(f"deploying {pluralize(len(selection.templates), 'stack')}")
                deployed = deployment.deploy(selection)
                shown.update(f"playing {pluralize(len(attack.ATTACK), 'event')}")
                return play(deployed, project.catalog, attack.ATTACK)


def _replaces(path: Path) -> bool:
    """Whether a page of an earlier run is to be replaced. Raises `ContentError` for other files."""
    if path.is_dir() or not path.parent.is_dir():
        problem = "is a folder" if path.is_dir() else "is in a folder that does not exist"
        raise ContentError(str(path), problem, "name a file with --page")
    if not path.exists():
        return False
    try:
        is_page = GENERATOR in path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise OutputError(str(path), text_files.reason(error)) from error
    if not is_page:
        raise ContentError(
            str(path), "exists, and is not a page of trailbell demo", "name another with --page"
        )
    return True


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(str(path), text_files.reason(error)) from error
