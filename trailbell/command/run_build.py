"""
The part of ``build`` and ``check`` that runs when something may have changed.

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
from trailbell.build.omitted_exports import omitted_exports
from trailbell.build.project import Project
from trailbell.command.console import console as make_console
from trailbell.command.project import load_project
from trailbell.compiler import provenance
from trailbell.compiler.stack import Stack
from trailbell.dist import manifest
from trailbell.errors import UnknownNameError
from trailbell.project.root import folder_in_repository
from trailbell.source_location import display_path
from trailbell.template import loops
from trailbell.template.limits import BODY_BYTES, OBJECT_BYTES
from trailbell.validate.finding import Level
from trailbell.validate.garbage_collection import garbage_collection_paused
from trailbell.validate.lint_settings import LintSettings, can_be_ignored
from trailbell.validate.linting import Linting
from trailbell.wording import pluralize

_STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow", Level.INFORMATION: "dim"}


@dataclass(frozen=True)
class BuildRequest:
    """What to build. ``names`` are stacks, all if there are none."""

    names: tuple[str, ...]
    dist_dir: Path
    lint: LintSettings
    output_format: str
    use_cache: bool
    quiet: bool = False


def write(request: BuildRequest, linting: Linting) -> int:
    """Build, and write the folder if there are no findings."""
    console = _console(request.output_format)
    before = last_build.key(request.lint.regions)
    done = _built(console, request, linting)
    if not done.succeeded:
        return _stopped(console, done, f"{display_path(request.dist_dir)}: nothing written")
    products = _products(done, request.dist_dir, keep=bool(request.names))
    written = manifest.write(request.dist_dir, products)
    _summarize(console, done)
    console.print(_what_was_written(written, request.dist_dir), soft_wrap=True)
    _remember(request, before, done, products)
    return 0


def check(request: BuildRequest, linting: Linting) -> int:
    """Build, and list the files of the folder that differ."""
    console = _console(request.output_format)
    before = last_build.key(request.lint.regions)
    done = _built(console, request, linting)
    if not done.succeeded:
        return _stopped(console, done, f"{display_path(request.dist_dir)}: not compared")
    if not request.quiet:
        _summarize(console, done)
    # The manifest names the Regions of the settings, whichever Regions this run validates for.
    products = _products(replace(done, regions=request.lint.usual), request.dist_dir, keep=False)
    outdated = manifest.differences(request.dist_dir, products)
    for word, names in (
        ("missing", outdated.missing),
        ("outdated", outdated.changed),
        ("orphaned", outdated.orphaned),
    ):
        for name in names:
            console.print(f"{word}: {display_path(request.dist_dir / name)}", soft_wrap=True)
    result = "run trailbell build" if outdated else "up to date"
    console.print(f"{display_path(request.dist_dir)}: {result}", soft_wrap=True)
    if not outdated:
        _remember(request, before, done, products)
    return 1 if outdated else 0


def check_content(output_format: str) -> int:
    """Load the detections, stacks and settings, and report their errors. Compile nothing."""
    console = _console(output_format)
    with console.status("loading"), garbage_collection_paused():
        project = load_project()
    done = BuildResult((), project.errors, (), notes=project.notes)
    _report(console, done, output_format)
    if not done.succeeded:
        console.print(report.count_text(done), style="bold")
        return 2
    for line in report.suppressed_lines(done):
        console.print(line, style="dim", soft_wrap=True)
    counts = pluralize(len(project.written), "detection"), pluralize(len(project.stacks), "stack")
    console.print(f"{' and '.join(counts)}: no errors")
    return 0


def _console(output_format: str) -> Console:
    """The console for people: standard error if a program reads standard output."""
    return make_console(stderr=output_format != "text")


def _remember(
    request: BuildRequest, before: str, done: BuildResult, products: dict[str, bytes]
) -> None:
    """Keep the output of a successful build of everything, for the next one without changes.

    If sources changed while it ran, nothing is kept.
    """
    if request.names or last_build.key(request.lint.regions) != before:
        return
    plain = Console(file=io.StringIO(), width=160)
    still = replace(done, results=tuple(replace(result, seconds=0.0) for result in done.results))
    with plain.capture() as output:
        _print_findings(plain, still)
        _summarize(plain, still)
    last_build.save(before, last_build.record(output.get(), products))


def _built(console: Console, request: BuildRequest, linting: Linting) -> BuildResult:
    """Build these stacks, and print the findings."""
    with (
        console.status("loading") as status,
        provenance.record_locations(),
        garbage_collection_paused(),
    ):
        project = load_project()
        done = build(
            _chosen(project, request.names),
            project.catalog,
            linting,
            request.lint.ignore,
            use_cache=request.use_cache,
            progress=status.update,
        )
    compiled = (result.compiled for result in done.results)
    errors = (
        *project.errors,
        *done.content_errors,
        *omitted_exports(compiled, project.omitted, project.catalog, project.deployed_elsewhere),
    )
    done = replace(done, content_errors=errors, notes=project.notes)
    _report(console, done, request.output_format)
    return done


def _report(console: Console, done: BuildResult, output_format: str) -> None:
    match output_format:
        case "json":
            sys.stdout.write(report.to_json(done) + "\n")
        case "sarif":
            sys.stdout.write(report.to_sarif(done, folder_in_repository()) + "\n")
        case _:
            _print_findings(console, done)


def _print_findings(console: Console, done: BuildResult) -> None:
    """Print every finding, the most serious ones last."""
    for level, text in report.paragraphs(done):
        first, *rest = text.split("\n")
        console.print(first, style=_STYLES[level], soft_wrap=True)
        for line in rest:
            console.print(line, soft_wrap=True)


def _stopped(console: Console, done: BuildResult, result: str) -> int:
    """Print last that nothing was done, and why. A table would push findings off the screen."""
    stopping = {finding.rule for finding in done.findings if finding.fails_build}
    can = any(map(can_be_ignored, stopping))
    hint = "; [lint.ignore] in trailbell.toml can allow a rule" if can else ""
    console.print(f"{result}: {report.count_text(done)}{hint}", style="bold", soft_wrap=True)
    return 2 if done.content_errors else 1


def _summarize(console: Console, done: BuildResult) -> None:
    for line in report.suppressed_lines(done):
        console.print(line, style="dim", soft_wrap=True)
    console.print(_table(done))
    for line in report.quota_lines(done):
        console.print(f"  {line}", style="dim", soft_wrap=True)


def _chosen(project: Project, names: tuple[str, ...]) -> tuple[Stack, ...]:
    """The stacks to build. If a module cannot be used, a name may be unknown because of it."""
    if not project.catalog:  # without detections, stacks would report follow-up errors
        return ()
    try:
        return project.select(names)
    except UnknownNameError:
        if project.errors:
            return ()
        raise


def _products(done: BuildResult, output: Path, *, keep: bool) -> dict[str, bytes]:
    """The files that a folder is to hold. With ``keep``, those of other stacks are unchanged."""
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
        return f"{display_path(output)}: no changes"
    parts = (
        ("new", written.missing),
        ("changed", written.changed),
        ("removed", written.orphaned),
    )
    text = "; ".join(f"{word} {', '.join(names)}" for word, names in parts if names)
    return f"{display_path(output)}: {text}"


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
