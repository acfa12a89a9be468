"""
The whole flow of a build: content in, verdicts and the files of ``dist/`` out.

In:    stacks, a catalogue, what lints, and which rules are ignored.
Out:   a `BuildResult`: what was compiled, everything that was found, and the files if nothing stops
       it.
Never: a file written. `trailbell.dist.manifest` does that, once somebody has looked at the build.
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


@dataclass(frozen=True)
class BuildResult:
    """``faults`` kept something from compiling; verdicts are those of all that did compile.

    ``ignore`` maps rules whose findings do not stop a build to the reasons; ``notes`` say what the
    settings do to detections.
    """

    verdicts: tuple[ValidationResult, ...]
    content_errors: tuple[ContentError, ...]
    regions: tuple[str, ...]
    ignore: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found in templates, by stack."""
        return tuple(finding for verdict in self.verdicts for finding in verdict.findings)

    @property
    def succeeded(self) -> bool:
        """Nothing stands in the way of writing; there may be information."""
        return not self.content_errors and not any(finding.stops for finding in self.findings)


def build(
    stacks: Sequence[Stack],
    catalogue: Catalog,
    linting: Linting,
    ignore: Mapping[str, str],
    *,
    use_cache: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> BuildResult:
    """Compile and check stacks. ``progress`` is told what is done now."""
    judging = Validation(linting, ignore, use_cache=use_cache)
    faults: list[ContentError] = []
    for stack in stacks:
        progress(f"compiling {stack.name}")
        try:
            judging.begin(compile_stack(stack, catalogue))
        except ContentError as fault:
            faults.append(fault)
    verdicts: list[ValidationResult] = []
    for verdict in judging.verdicts():
        verdicts.append(verdict)
        progress(f"checked {len(verdicts)} of {len(stacks)}")
    return BuildResult(tuple(verdicts), tuple(faults), linting.regions, ignore)


def output_files(build: BuildResult) -> dict[str, bytes]:
    """What ``dist/`` is to hold of a build: two files a stack. The manifest is not among them."""
    found = {}
    for verdict in build.verdicts:
        name = verdict.compiled.stack.name
        found[f"{name}.json"] = verdict.compiled.json.encode()
        found[f"{name}.yaml"] = verdict.compiled.yaml.encode()
    return found


def manifest_entries(build: BuildResult) -> dict[str, manifest.StackEntry]:
    """What the manifest is to say of a build, by stack."""
    return {v.compiled.stack.name: _entry(v.compiled, build.regions) for v in build.verdicts}


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
