"""``build.py build`` and ``build.py check``: compile, check, and write or compare ``dist/``."""

import sys
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from trailbell import dist, provenance, report
from trailbell.build import Build, build, entries, files
from trailbell.command.console import console as make_console
from trailbell.command.content import DIST, Content, content
from trailbell.errors import UnknownName
from trailbell.place import shown
from trailbell.stack import Stack
from trailbell.validate import quota
from trailbell.validate.region import DEFAULT, regions

_SHAPES = {"text": report.as_text, "json": report.as_json, "sarif": report.as_sarif}

_regions = click.option(
    "--region", "wanted", multiple=True, metavar="R", help="Check in this Region; repeatable."
)
_shape = click.option(
    "--format", "shape", type=click.Choice(list(_SHAPES)), default="text", help="Of findings."
)
_no_cache = click.option("--no-cache", is_flag=True, help="Ignore the verdicts of last time.")
_folder = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=DIST,
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

    Nothing is written while anything is wrong. Exit code 1: findings; 2: unusable content.
    """
    # If standard output is for a machine, people read standard error.
    console = make_console(stderr=shape != "text")
    done = _built(console, stacks, wanted, shape, use_cache=not no_cache)
    if done.clean:
        written = dist.write(output, _products(done, output, keep=bool(stacks)))
        console.print(_what_was_written(written, output), soft_wrap=True)
    return _exit_code(done)


@click.command("check")
@_folder
@_regions
@_shape
@_no_cache
def check(output: Path, wanted: tuple[str, ...], shape: str, *, no_cache: bool) -> int:
    """Do what build does, but write nothing: exit 1 and name the files that are stale."""
    # If standard output is for a machine, people read standard error.
    console = make_console(stderr=shape != "text")
    done = _built(console, (), wanted, shape, use_cache=not no_cache)
    if not done.clean:
        return _exit_code(done)
    # The manifest tells of the usual Regions; to look in others does not make it stale.
    done = replace(done, regions=DEFAULT)
    stale = dist.differences(output, _products(done, output, keep=False))
    for word, names in (
        ("missing", stale.missing),
        ("stale", stale.changed),
        ("left over", stale.left_over),
    ):
        for name in names:
            console.print(f"{word}: {shown(output / name)}", soft_wrap=True)
    verdict = "run python build.py" if stale else "is what the sources compile to"
    console.print(f"{shown(output)}: {verdict}", soft_wrap=True)
    return 1 if stale else 0


def _built(
    console: Console,
    names: tuple[str, ...],
    wanted: tuple[str, ...],
    shape: str,
    *,
    use_cache: bool,
) -> Build:
    """A build of these stacks, with its findings and summary printed."""
    places = regions(wanted)
    with console.status("loading") as status, provenance.recorded():
        found = content()
        done = build(
            _chosen(found, names),
            found.catalogue,
            places,
            use_cache=use_cache,
            progress=lambda name: status.update(f"checking {name}"),
        )
    done = replace(done, faults=found.faults + done.faults)
    text = _SHAPES[shape](done)
    if text:
        sys.stdout.write(text + "\n")
    console.print(_table(done))
    for line in report.budget(done):
        console.print(f"  {line}", style="dim", soft_wrap=True)
    return done


def _chosen(found: Content, names: tuple[str, ...]) -> tuple[Stack, ...]:
    """The stacks to build; while a module is unusable, a name may be unknown because of that."""
    if not found.catalogue:  # what stacks lack without detections is no fault of theirs
        return ()
    try:
        return found.chosen(names)
    except UnknownName:
        if found.faults:
            return ()
        raise


def _products(done: Build, output: Path, *, keep: bool) -> dict[str, bytes]:
    """The files that are to stand in a folder; with ``keep``, other stacks' stay as they are."""
    known, kept = entries(done), {}
    if keep and (output / dist.MANIFEST).exists():
        others = {n: e for n, e in dist.read(output).stacks.items() if n not in known}
        names = [file.name for entry in others.values() for file in (entry.json, entry.yaml)]
        kept = {name: (output / name).read_bytes() for name in names if (output / name).exists()}
        known |= others
    text = dist.manifest_text(dist.Manifest(stacks=dict(sorted(known.items()))))
    return kept | files(done) | {dist.MANIFEST: text.encode()}


def _what_was_written(written: dist.Differences, output: Path) -> str:
    if not written:
        return f"{shown(output)}: nothing changed"
    parts = (
        ("new", written.missing),
        ("changed", written.changed),
        ("removed", written.left_over),
    )
    told = "; ".join(f"{word} {', '.join(names)}" for word, names in parts if names)
    return f"{shown(output)}: {told}"


def _table(done: Build) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("stack")
    for name in ("resources", "bytes", f"of {quota.TEMPLATE_BYTES:,}", "findings", "seconds"):
        table.add_column(name, justify="right")
    for verdict in done.verdicts:
        size = max(len(verdict.compiled.json.encode()), len(verdict.compiled.yaml.encode()))
        table.add_row(
            verdict.compiled.stack.name,
            str(len(verdict.compiled.document["Resources"])),
            f"{size:,}",
            f"{size / quota.TEMPLATE_BYTES:.0%}",
            str(len(verdict.findings)),
            f"{verdict.seconds:.2f}",
        )
    return table


def _exit_code(done: Build) -> int:
    if done.faults:
        return 2
    return 0 if done.clean else 1
