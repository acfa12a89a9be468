"""
The part of ``build`` and ``check`` that runs when something may have changed.

In:    names of stacks, Regions, a folder.
Out:   an exit code; findings and a summary printed, ``dist/`` written or compared.
Never: an option. `trailbell.command.build` reads those, and loads this module only if needed.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rich.table import Table

from trailbell.build import last_build, report
from trailbell.build.build import BuildResult, build, manifest_entries, output_files
from trailbell.build.log_alarm_regions import check_log_alarm_regions
from trailbell.build.omitted_exports import omitted_exports
from trailbell.build.project import Project
from trailbell.command.console import table_lines
from trailbell.command.output import print_lines
from trailbell.command.parameter_names import unknown_parameters
from trailbell.command.progress import progress
from trailbell.command.project import load_environments, load_project
from trailbell.compiler import provenance
from trailbell.compiler.stack import Stack
from trailbell.dist import manifest
from trailbell.errors import UnknownNameError
from trailbell.project.root import BASELINE_NAME, folder_in_repository
from trailbell.source_location import display_path
from trailbell.styled_text import Line, Style, labeled, line, message, styled
from trailbell.template import loops
from trailbell.template.limits import BODY_BYTES, OBJECT_BYTES
from trailbell.validate.finding import Level
from trailbell.validate.garbage_collection import garbage_collection_paused
from trailbell.validate.lint_settings import LintSettings, can_be_ignored
from trailbell.validate.linting import Linting
from trailbell.wording import pluralize

_STYLES = {
    Level.ERROR: Style.ERROR,
    Level.WARNING: Style.WARNING,
    Level.INFORMATION: Style.NOTE,
}


@dataclass(frozen=True)
class BuildRequest:
    """What to build. ``names`` are stacks, all if there are none."""

    names: tuple[str, ...]
    dist_dir: Path
    lint: LintSettings
    output_format: str
    use_cache: bool
    quiet: bool = False

    def print_lines(self, lines: Iterable[Line]) -> None:
        """Print for people: to standard error if a program reads standard output."""
        print_lines(lines, err=self.output_format != "text")


def write(request: BuildRequest, linting: Linting) -> int:
    """Build, and write the folder if there are no findings."""
    before = last_build.key(request.lint.regions)
    done = _built(request, linting)
    if not done.succeeded:
        return _stopped(request, done, f"{display_path(request.dist_dir)}: nothing written")
    products = _products(done, request.dist_dir, keep=bool(request.names))
    written = manifest.write(request.dist_dir, products)
    request.print_lines([*_summary_lines(done), line(_what_was_written(written, request.dist_dir))])
    _remember(request, before, done, products)
    return 0


def check(request: BuildRequest, linting: Linting) -> int:
    """Build, and list the files of the folder that differ."""
    before = last_build.key(request.lint.regions)
    done = _built(request, linting)
    if not done.succeeded:
        return _stopped(request, done, f"{display_path(request.dist_dir)}: not compared")
    # The manifest names the Regions of the settings, whichever Regions this run validates for.
    products = _products(replace(done, regions=request.lint.usual), request.dist_dir, keep=False)
    outdated = manifest.differences(request.dist_dir, products)
    differences = [
        labeled(label, display_path(request.dist_dir / name), style)
        for label, names, style in (
            ("missing", outdated.missing, Style.ADDED),
            ("outdated", outdated.changed, Style.CHANGED),
            ("orphaned", outdated.orphaned, Style.REMOVED),
        )
        for name in names
    ]
    result = "run trailbell build" if outdated else "up to date"
    last = line(f"{display_path(request.dist_dir)}: {result}")
    summary = () if request.quiet else _summary_lines(done)
    request.print_lines([*summary, *differences, last])
    if not outdated:
        _remember(request, before, done, products)
    return 1 if outdated else 0


def check_content(output_format: str) -> int:
    """Load the detections, stacks and settings, and report their errors. Compile nothing."""
    with progress("loading"), garbage_collection_paused():
        project = load_project()
    done = BuildResult((), project.errors, (), notes=project.notes)
    _report(done, output_format)
    err = output_format != "text"
    if not done.succeeded:
        print_lines([styled(report.count_text(done), Style.HEADING)], err=err)
        return 2
    notes = (styled(text, Style.NOTE) for text in report.suppressed_lines(done))
    counts = pluralize(len(project.written), "detection"), pluralize(len(project.stacks), "stack")
    print_lines([*notes, line(f"{' and '.join(counts)}: no errors")], err=err)
    return 0


def _remember(
    request: BuildRequest, before: str, done: BuildResult, products: dict[str, bytes]
) -> None:
    """Keep the output of a successful build of everything, for the next one without changes.

    If sources changed while it ran, nothing is kept.
    """
    if request.names or last_build.key(request.lint.regions) != before:
        return
    still = replace(done, results=tuple(replace(result, seconds=0.0) for result in done.results))
    output = (*_finding_lines(still), *_summary_lines(still))
    last_build.save(before, last_build.record(output, products))


def _built(request: BuildRequest, linting: Linting) -> BuildResult:
    """Build these stacks, and print the findings. Raises `SettingsError`."""
    with (
        progress("loading") as shown,
        provenance.record_locations(),
        garbage_collection_paused(),
    ):
        project = load_project()
        check_log_alarm_regions(project.catalog, request.lint.regions)
        done = build(
            _chosen(project, request.names),
            project.catalog,
            linting,
            request.lint.ignore,
            use_cache=request.use_cache,
            progress=shown.update,
        )
    compiled = [result.compiled for result in done.results]
    documents = {each.stack.name: each.document for each in compiled}
    errors = (
        *project.errors,
        *unknown_parameters(load_environments(documents), documents),
        *done.content_errors,
        *omitted_exports(compiled, project.omitted, project.catalog, project.deployed_elsewhere),
    )
    done = replace(done, content_errors=errors, notes=project.notes)
    _report(done, request.output_format)
    return done


def _report(done: BuildResult, output_format: str) -> None:
    match output_format:
        case "json":
            sys.stdout.write(report.to_json(done) + "\n")
        case "sarif":
            sys.stdout.write(report.to_sarif(done, folder_in_repository()) + "\n")
        case _ if findings := [*_finding_lines(done)]:
            print_lines(findings)


def _finding_lines(done: BuildResult) -> Iterator[Line]:
    """Every finding, the most serious ones last."""
    for level, text in report.paragraphs(done):
        yield from message(text, _STYLES[level])


def _stopped(request: BuildRequest, done: BuildResult, result: str) -> int:
    """Print last that nothing was done, and why. A table would push findings off the screen."""
    stopping = {finding.rule for finding in done.findings if finding.fails_build}
    can = any(map(can_be_ignored, stopping))
    in_baseline = any(e.location.startswith(BASELINE_NAME) for e in done.content_errors)
    notes = [styled(f"note: {note}", Style.NOTE) for note in done.notes if in_baseline]
    hint = "; [lint.ignore] in trailbell.toml can allow a rule" if can else ""
    last = styled(f"{result}: {report.count_text(done)}{hint}", Style.HEADING)
    request.print_lines([*notes, last])
    return 2 if done.content_errors else 1


def _summary_lines(done: BuildResult) -> Iterator[Line]:
    for text in report.suppressed_lines(done):
        yield styled(text, Style.NOTE)
    yield from table_lines(_table(done))
    for text in report.quota_lines(done):
        yield styled(f"  {text}", Style.NOTE)


def _chosen(project: Project, names: tuple[str, ...]) -> tuple[Stack, ...]:
    """The stacks to build. If a module cannot be used, a name may be unknown because of it."""
    if (
        not project.catalog and project.errors
    ):  # without detections, stacks would report follow-up errors
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
