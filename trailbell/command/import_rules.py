"""``trailbell import``: write detections for the rules of other tools."""

from pathlib import Path
from types import ModuleType
from typing import Any

import click

from trailbell import settings
from trailbell.command.deployed_pack import check_deployed
from trailbell.command.lazy_group import LazyGroup
from trailbell.command.option import examples, option
from trailbell.command.output import print_error, print_text
from trailbell.command.suggestions import suggest_packs
from trailbell.errors import PreconditionError
from trailbell.lazy_import import lazy_import
from trailbell.project.content_packages import import_content_from
from trailbell.project.root import project_root
from trailbell.scaffold.existing import read_existing
from trailbell.scaffold.new_files import write_new, write_over
from trailbell.text_files import printable
from trailbell.wording import pluralize

COMMANDS = {
    "sigma": (
        "trailbell.command.import_rules",
        "sigma",
        "Write detections for Sigma rules on CloudTrail.",
    ),
}


@click.command(
    "import",
    cls=LazyGroup,
    table=COMMANDS,
    epilog=examples("import sigma rule.yml", "import sigma rules/cloud/aws/ --dry-run"),
)
def command() -> None:
    """Write detections for the rules of other tools, each with its test."""


@click.command(
    "sigma",
    epilog=examples(
        "import sigma rule.yml",
        "import sigma rules/cloud/aws/cloudtrail/ --dry-run",
        "import sigma rule.yml --replace --ignore-case",
    ),
)
@click.argument("rules", nargs=-1, required=True, type=click.Path(exists=True))
@option(
    "--pack",
    default="own",
    metavar="NAME",
    shell_complete=suggest_packs,
    help="Pack of the detections. Default: own.",
)
@option(
    "--ignore-case",
    is_flag=True,
    help=(
        "Compare text that CloudTrail does not define, such as user agents, without case, as Sigma "
        "does. This takes regular expressions, of which a pattern can have two, and a log group "
        "five filters with them. Default: the text as the rule spells it."
    ),
)
@option(
    "--replace",
    is_flag=True,
    help="Replace the files of rules that were imported before. Default: they are errors.",
)
@option("--dry-run", is_flag=True, help="Show what would be imported, and write nothing.")
def sigma(
    rules: tuple[str, ...], *, pack: str, ignore_case: bool, replace: bool, dry_run: bool
) -> int:
    """Write a detection and its test for each Sigma rule in the files and directories RULES.

    A rule that has no form as a filter pattern is an error that says why, and the others are
    imported. Every detection was tested: its pattern and the rule agree on its sample events.
    """
    imports = _imports()
    table = settings.load(None)
    import_content_from(project_root())
    existing = read_existing()
    existing.check_known_pack(pack)
    check_deployed(pack, table, existing.stacks)
    files = imports.files_of(rules)
    if not files:
        raise click.UsageError(f"No .yml or .yaml file in {', '.join(rules)}.")
    result = imports.import_rules(
        files,
        imports.Options(pack, ignore_case=ignore_case, replace=replace),
        existing,
        project_root(),
    )
    for imported in result.files:
        if not dry_run:
            _write(project_root(), imported.texts)
        _show(imported, dry_run=dry_run)
    return _summarize(result, dry_run=dry_run)


def _imports() -> ModuleType:
    """What imports Sigma rules. Raises `PreconditionError` without pySigma."""
    try:
        return lazy_import("trailbell.sigma.imports")
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "sigma":
            raise
        raise PreconditionError(
            "import sigma",
            "pySigma 2, which reads Sigma rules, is not installed.",
            'Install it: pip install "trailbell[sigma]"',
        ) from error


def _write(root: Path, texts: dict[str, str]) -> None:
    is_new = not any((root / name).exists() for name in texts)
    (write_new if is_new else write_over)(root, texts)


def _show(files: Any, *, dry_run: bool) -> None:
    for name in files.texts:
        click.echo(f"{'would write' if dry_run else 'wrote'} {name}")
    for note in files.imported.notes:
        print_text(f"  {printable(note)}")


def _summarize(result: Any, *, dry_run: bool) -> int:
    """Print the errors, and how many rules were imported; the exit code."""
    for error in result.errors:
        print_error(str(error))
    count = len(result.files)
    verb = "can be imported" if dry_run else "imported"
    print_text(f"{pluralize(count, 'rule')} {verb}, {len(result.errors)} not.")
    regexes = [files for files in result.files if files.imported.regexes]
    if regexes:
        verb = "has" if len(regexes) == 1 else "have"
        print_text(
            f"{pluralize(len(regexes), 'pattern')} {verb} regular expressions, and a log group can "
            "have five filters with them."
        )
    if count and not dry_run:
        print_text('Review the lines below each "# Review:", then run: trailbell build')
    return 2 if result.errors else 0
