"""
Run a build: compile and validate stacks.

In:    stacks, a catalog, the processes that lint, and the rules to ignore.
Out:   a `BuildResult`: the compiled templates, everything that was found, and the files for
       ``dist/``.
Never: a file written. `trailbell.dist.manifest` writes, if the build succeeded.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from trailbell.catalog.detection import Catalog
from trailbell.compiler.compile import CompiledStack, compile_stack
from trailbell.compiler.stack import Stack
from trailbell.dist import manifest
from trailbell.errors import ContentError
from trailbell.template import loops
from trailbell.template.capabilities import required_capabilities
from trailbell.validate.finding import Finding
from trailbell.validate.linting import Linting
from trailbell.validate.result import Validation, ValidationResult
from trailbell.wording import pluralize


@dataclass(frozen=True)
class BuildResult:
    """The validation results of the stacks that compiled, and the errors of those that did not.

    ``ignore`` maps rules whose findings do not fail a build to the reasons. ``notes`` describe how
    the settings change detections.
    """

    results: tuple[ValidationResult, ...]
    content_errors: tuple[ContentError, ...]
    regions: tuple[str, ...]
    ignore: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings in the templates, by stack."""
        return tuple(finding for result in self.results for finding in result.findings)

    @property
    def succeeded(self) -> bool:
        """Whether the files can be written. There may be findings that do not fail the build."""
        return not self.content_errors and not any(finding.fails_build for finding in self.findings)


def build(
    stacks: Sequence[Stack],
    catalog: Catalog,
    linting: Linting,
    ignore: Mapping[str, str],
    *,
    use_cache: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> BuildResult:
    """Compile and validate stacks. ``progress`` is called with each step."""
    validation = Validation(linting, ignore, use_cache=use_cache)
    errors: list[ContentError] = []
    for stack in stacks:
        progress(f"compiling {stack.name}")
        try:
            validation.begin(compile_stack(stack, catalog))
        except ContentError as error:
            errors.append(error)
    results: list[ValidationResult] = []
    for result in validation.results():
        results.append(result)
        progress(f"checked {len(results)} of {pluralize(len(stacks), 'stack')}")
    return BuildResult(tuple(results), tuple(errors), linting.regions, ignore)


def output_files(build: BuildResult) -> dict[str, bytes]:
    """The files for ``dist/`` by name, two for each stack, without the manifest."""
    files = {}
    for result in build.results:
        name = result.compiled.stack.name
        files[f"{name}.json"] = result.compiled.json.encode()
        files[f"{name}.yaml"] = result.compiled.yaml.encode()
    return files


def manifest_entries(build: BuildResult) -> dict[str, manifest.StackEntry]:
    """The entries for the manifest, by stack."""
    return {r.compiled.stack.name: _entry(r.compiled, build.regions) for r in build.results}


def _entry(compiled: CompiledStack, regions: tuple[str, ...]) -> manifest.StackEntry:
    stack, document = compiled.stack, compiled.document
    return manifest.StackEntry(
        summary=stack.summary,
        where=stack.region_scope,
        instead_of=stack.alternative_to,
        json=manifest.describe_file(f"{stack.name}.json", compiled.json),
        yaml=manifest.describe_file(f"{stack.name}.yaml", compiled.yaml),
        resources=sum(times for *_, times in loops.entries(document["Resources"])),
        parameters=len(document.get("Parameters", {})),
        outputs=sum(times for *_, times in loops.entries(document.get("Outputs"))),
        capabilities=required_capabilities(document),
        regions=regions,
        sources={
            logical_id: str(compiled.source_lines[("Resources", logical_id)])
            for logical_id in document["Resources"]
            if ("Resources", logical_id) in compiled.source_lines
        },
    )
