"""
What ``build`` and ``check`` do when something may have changed.

In:    names of stacks, Regions, a folder.
Out:   an exit code; findings and a summary printed, ``dist/`` written or compared.
Never: an option. `trailbell.command.build` reads those, and loads this module only if needed.
"""

import io
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from trailbell.build import last_build, report
from trailbell.build.build import BuildResult, build, manifest_entries, output_files
from trailbell.command.console import console as make_console
from trailbell.command.project import Project, load_project
from trailbell.compiler import provenance
from trailbell.compiler.stack import Stack
from trailbell.dist import manifest
from trailbell.errors import UnknownNameError
from trailbell.source_location import display_path
from trailbell.template import loops
from trailbell.template.limits import BODY_BYTES, OBJECT_BYTES
from trailbell.validate.finding import Level
from trailbell.validate.garbage_collection import garbage_collection_paused
from trailbell.validate.lint_settings import LintSettings, can_be_ignored
from trailbell.validate.linting import Linting

_SHAPES = {"json": report.to_json, "sarif": report.to_sarif}


_STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow", Level.INFORMATION: "dim"}


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for; ``names`` are stacks, all if there are none."""

    names: tuple[str, ...]
    output: Path
    lint: LintSettings
    shape: str
    use_cache: bool


def write(wanted: Wanted, linting: Linting) -> int:
    """Build, and write the folder if nothing is wrong."""
    console = _console(wanted)
    before = last_build.key(wanted.lint.regions)
    done = _built(console, wanted, linting)
    if not done.succeeded:
        return _stopped(console, done, f"{display_path(wanted.output)}: nothing written")
    products = _products(done, wanted.output, keep=bool(wanted.names))
    written = manifest.write(wanted.output, products)
    _summarize(console, done)
    console.print(_what_was_written(written, wanted.output), soft_wrap=True)
    _remember(wanted, before, done, products)
    return 0


def check(wanted: Wanted, linting: Linting) -> int:
    """Build, and name the files of the folder that are not what they should be."""
    console = _console(wanted)
    before = last_build.key(wanted.lint.regions)
    done = _built(console, wanted, linting)
    if not done.succeeded:
        return _stopped(console, done, f"{display_path(wanted.output)}: not compared")
    _summarize(console, done)
    # The manifest tells of the Regions in the settings; to look in others does not make it stale.
    products = _products(replace(done, regions=wanted.lint.usual), wanted.output, keep=False)
    stale = manifest.differences(wanted.output, products)
    for word, names in (
        ("missing", stale.missing),
        ("stale", stale.changed),
        ("left over", stale.orphaned),
    ):
        for name in names:
            console.print(f"{word}: {display_path(wanted.output / name)}", soft_wrap=True)
    verdict = "run python build.py" if stale else "is what the sources compile to"
    console.print(f"{display_path(wanted.output)}: {verdict}", soft_wrap=True)
    if not stale:
        _remember(wanted, before, done, products)
    return 1 if stale else 0


def _console(wanted: Wanted) -> Console:
    """Where people read: standard error, if standard output is for a machine."""
    return make_console(stderr=wanted.shape != "text")


def _remember(wanted: Wanted, before: str, done: BuildResult, products: dict[str, bytes]) -> None:
    """Keep what a clean build of everything said, for the next one with nothing changed.

    Sources that changed while it ran may be in it or not: nothing is kept then.
    """
    if wanted.names or last_build.key(wanted.lint.regions) != before:
        return
    plain = Console(file=io.StringIO(), width=160)
    still = replace(done, results=tuple(replace(result, seconds=0.0) for result in done.results))
    with plain.capture() as said:
        _tell(plain, still)
        _summarize(plain, still)
    last_build.save(before, last_build.record(said.get(), products))


def _built(console: Console, wanted: Wanted, linting: Linting) -> BuildResult:
    """A build of these stacks, with its findings told."""
    with (
        console.status("loading") as status,
        provenance.record_locations(),
        garbage_collection_paused(),
    ):
        found = load_project()
        done = build(
            _chosen(found, wanted.names),
            found.catalog,
            linting,
            wanted.lint.ignore,
            use_cache=wanted.use_cache,
            progress=status.update,
        )
    done = replace(done, content_errors=found.faults + done.content_errors, notes=found.notes)
    if wanted.shape == "text":
        _tell(console, done)
    else:
        sys.stdout.write(_SHAPES[wanted.shape](done) + "\n")
    return done


def _tell(console: Console, done: BuildResult) -> None:
    """Every finding, worst last."""
    for level, text in report.paragraphs(done):
        first, *rest = text.split("\n")
        console.print(first, style=_STYLES[level], soft_wrap=True)
        for line in rest:
            console.print(line, soft_wrap=True)


def _stopped(console: Console, done: BuildResult, what: str) -> int:
    """Say last that nothing was done, and why; the table would push the faults off the screen."""
    stopping = {finding.rule for finding in done.findings if finding.fails_build}
    can = any(map(can_be_ignored, stopping))
    how = "; [lint.ignore] in trailbell.toml can let a rule pass" if can else ""
    console.print(f"{what}: {report.count_text(done)}{how}", style="bold", soft_wrap=True)
    return 2 if done.content_errors else 1


def _summarize(console: Console, done: BuildResult) -> None:
    for line in report.suppressed_lines(done):
        console.print(line, style="dim", soft_wrap=True)
    console.print(_table(done))
    for line in report.quota_lines(done):
        console.print(f"  {line}", style="dim", soft_wrap=True)


def _chosen(found: Project, names: tuple[str, ...]) -> tuple[Stack, ...]:
    """The stacks to build; while a module is unusable, a name may be unknown because of that."""
    if not found.catalog:  # what stacks lack without detections is no fault of theirs
        return ()
    try:
        return found.chosen(names)
    except UnknownNameError:
        if found.faults:
            return ()
        raise


def _products(done: BuildResult, output: Path, *, keep: bool) -> dict[str, bytes]:
    """The files that are to stand in a folder; with ``keep``, other stacks' stay as they are."""
    known, kept = manifest_entries(done), {}
    if keep and (output / manifest.MANIFEST).exists():
        others = {n: e for n, e in manifest.read(output).stacks.items() if n not in known}
        names = [file.name for entry in others.values() for file in (entry.json, entry.yaml)]
        kept = {name: (output / name).read_bytes() for name in names if (output / name).exists()}
        known |= others
    text = manifest.manifest_text(manifest.Manifest(stacks=dict(sorted(known.items()))))
    return kept | output_files(done) | {manifest.MANIFEST: text.encode()}


def _what_was_written(written: manifest.Differences, output: Path) -> str:
    if not written:
        return f"{display_path(output)}: nothing changed"
    parts = (
        ("new", written.missing),
        ("changed", written.changed),
        ("removed", written.orphaned),
    )
    told = "; ".join(f"{word} {', '.join(names)}" for word, names in parts if names)
    return f"{display_path(output)}: {told}"


def _share(stack: Stack, size: int) -> str:
    if stack.without_bucket or size <= BODY_BYTES:
        return f"{size / BODY_BYTES:.0%}"
    return f"{size / OBJECT_BYTES:.0%} of {OBJECT_BYTES:,}"


def _table(done: BuildResult) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("stack")
    for name in ("resources", "bytes", f"of {BODY_BYTES:,}", "findings", "seconds"):
        table.add_column(name, justify="right")
    for verdict in done.results:
        size = max(len(verdict.compiled.json.encode()), len(verdict.compiled.yaml.encode()))
        table.add_row(
            verdict.compiled.stack.name,
            str(sum(times for *_, times in loops.entries(verdict.compiled.document["Resources"]))),
            f"{size:,}",
            _share(verdict.compiled.stack, size),
            str(len(verdict.findings)),
            f"{verdict.seconds:.2f}",
        )
    return table
