"""``trailbell build`` and ``trailbell check``: compile, check, and write or compare ``dist/``."""

from pathlib import Path
from types import ModuleType

import click

from trailbell import settings
from trailbell.build import last_build
from trailbell.command.dist_folder import dist_folder
from trailbell.command.option import examples, option
from trailbell.command.output import print_lines
from trailbell.command.suggestions import suggest_regions, suggest_stacks
from trailbell.errors import SettingsError
from trailbell.lazy_import import lazy_import
from trailbell.source_location import display_path
from trailbell.styled_text import line
from trailbell.validate.lint_settings import LintSettings, lint_settings
from trailbell.validate.regions import DEFAULT, check_regions

_REGIONS = option(
    "--region",
    "regions",
    multiple=True,
    metavar="REGION",
    shell_complete=suggest_regions,
    help=f"Validate for this Region. Can be repeated. Default: {', '.join(DEFAULT)}.",
)
_FORMAT = option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    help="Format of the findings. Default: text.",
)
_NO_CACHE = option("--no-cache", is_flag=True, help="Ignore what is cached of earlier builds.")
_DIST = option(
    "-o",
    "--dist",
    "dist_dir",
    former=("--output",),
    type=click.Path(path_type=Path),
    default=dist_folder,
    metavar="DIR",
    help="Directory of the templates. Default: dist/.",
)


@click.command("build", epilog=examples("build", "build security-alerts --region eu-central-1"))
@click.argument("stacks", nargs=-1, shell_complete=suggest_stacks)
@_DIST
@_REGIONS
@_FORMAT
@_NO_CACHE
def command(
    stacks: tuple[str, ...],
    dist_dir: Path,
    regions: tuple[str, ...],
    output_format: str,
    *,
    no_cache: bool,
) -> int:
    """Compile STACKS (default: all), validate them, and write JSON and YAML to dist/.

    If there is an error, or a warning that [lint] in trailbell.toml does not allow, nothing is
    written. Exit codes: 0 success, 1 findings, 2 invalid content.
    """
    return _run("write", stacks, dist_dir, regions, output_format, use_cache=not no_cache)


@click.command("check", epilog=examples("check", "check --format sarif", "check --content"))
@_DIST
@_REGIONS
@_FORMAT
@_NO_CACHE
@option(
    "--content",
    is_flag=True,
    help=(
        "Check detections, stack modules and settings only: no template is compiled, and dist/ is "
        "not compared. Default: build everything."
    ),
)
@option(
    "-q",
    "--quiet",
    is_flag=True,
    help="Print only findings, and what is outdated. Default: also a table of the templates.",
)
def check(
    dist_dir: Path,
    regions: tuple[str, ...],
    output_format: str,
    *,
    no_cache: bool,
    content: bool,
    quiet: bool,
) -> int:
    """Build without writing, and list the outdated files if dist/ differs.

    Exit codes: 0 dist/ is up to date, 1 it differs or there are findings, 2 invalid content.
    """
    if content:
        code: int = lazy_import("trailbell.command.run_build").check_content(output_format)
        return code
    use_cache = not no_cache
    return _run("check", (), dist_dir, regions, output_format, use_cache=use_cache, quiet=quiet)


def _lint_settings(regions: tuple[str, ...]) -> LintSettings:
    """The settings of the validation; the defaults if the file has an error.

    The build then reports this error, together with those of content.
    """
    try:
        return lint_settings(settings.load(None), regions)
    except SettingsError:
        return LintSettings(check_regions(regions))


def _run(
    verb: str,
    names: tuple[str, ...],
    dist_dir: Path,
    regions: tuple[str, ...],
    output_format: str,
    *,
    use_cache: bool,
    quiet: bool = False,
) -> int:
    """Repeat the output of the last build if nothing changed since; otherwise build."""
    lint = _lint_settings(regions)
    if use_cache and not names and output_format == "text":
        last = last_build.load(last_build.key(lint.regions))
        if last and last.matches(dist_dir):
            result = "no changes" if verb == "write" else "up to date"
            output = () if quiet else last.output
            print_lines([*output, line(f"{display_path(dist_dir)}: {result}")])
            return 0
    linting: ModuleType = lazy_import("trailbell.validate.linting")
    # Before all else, so that cfn-lint is loaded while the rest is.
    with linting.Linting(lint.regions, linting.cores()) as processes:
        run_build: ModuleType = lazy_import("trailbell.command.run_build")
        request = run_build.BuildRequest(names, dist_dir, lint, output_format, use_cache, quiet)
        code: int = getattr(run_build, verb)(request, processes)
    return code
