"""``build.py build`` and ``build.py check``: compile, check, and write or compare ``dist/``."""

from pathlib import Path
from types import ModuleType

import click

from trailbell import settings
from trailbell.build import last_build
from trailbell.dist import manifest
from trailbell.lazy_import import lazy_import
from trailbell.source_location import PROJECT, display_path
from trailbell.validate.lint_settings import lint_settings

_regions = click.option(
    "--region", "wanted", multiple=True, metavar="R", help="Check in this Region; repeatable."
)
_shape = click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    help="Of findings.",
)
_no_cache = click.option("--no-cache", is_flag=True, help="Ignore the verdicts of last time.")
_folder = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=manifest.FOLDER,
    metavar="DIR",
    help="Folder of the templates; dist/ if not given.",
)


@click.command("build")
@click.argument("stacks", nargs=-1)
@_folder
@_regions
@_shape
@_no_cache
def command(
    stacks: tuple[str, ...], output: Path, wanted: tuple[str, ...], shape: str, *, no_cache: bool
) -> int:
    """Compile STACKS, or all of them, check them, and write JSON and YAML to dist/.

    Nothing is written while there is an error, or a warning that [lint] in trailbell.toml does
    not allow. Exit code 1: findings; 2: unusable content.
    """
    return _done("write", stacks, output, wanted, shape, use_cache=not no_cache)


@click.command("check")
@_folder
@_regions
@_shape
@_no_cache
def check(output: Path, wanted: tuple[str, ...], shape: str, *, no_cache: bool) -> int:
    """Do what build does, but write nothing: exit 1 and name the files that are stale."""
    return _done("check", (), output, wanted, shape, use_cache=not no_cache)


def _done(
    verb: str,
    names: tuple[str, ...],
    output: Path,
    wanted: tuple[str, ...],
    shape: str,
    *,
    use_cache: bool,
) -> int:
    """Print what the last build said if nothing changed since; otherwise build."""
    lint = lint_settings(settings.load(None, PROJECT), wanted)
    if use_cache and not names and shape == "text":
        last = last_build.load(last_build.key(lint.regions))
        if last and last.matches(output):
            click.echo(last.output, nl=False)
            same = "nothing changed" if verb == "write" else "is what the sources compile to"
            click.echo(f"{display_path(output)}: {same}")
            return 0
    processes: ModuleType = lazy_import("trailbell.validate.linting")
    # Before all else, so that cfn-lint is loaded while the rest is.
    with processes.Linting(lint.regions, processes.cores()) as linting:
        building: ModuleType = lazy_import("trailbell.command.run_build")
        asked = building.Wanted(names, output, lint, shape, use_cache)
        code: int = getattr(building, verb)(asked, linting)
    return code
