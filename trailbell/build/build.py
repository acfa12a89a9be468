"""
The whole flow of a build: content in, verdicts and the files of ``dist/`` out.

In:    stacks, a catalogue, what lints, and which rules are ignored.
Out:   a `Build`: what was compiled, everything that was found, and the files if nothing stops it.
Never: a file written. `trailbell.dist.manifest` does that, once somebody has looked at the build.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from trailbell.catalog.detection import Catalogue
from trailbell.compiler.compile import Compiled, compiled
from trailbell.compiler.stack import Stack
from trailbell.dist import manifest
from trailbell.errors import ContentError
from trailbell.template import loops
from trailbell.template.capabilities import capabilities
from trailbell.validate.finding import Finding
from trailbell.validate.linting import Linting
from trailbell.validate.result import Judging, Verdict


@dataclass(frozen=True)
class Build:
    """``faults`` kept something from compiling; verdicts are those of all that did compile.

    ``ignore`` maps rules whose findings do not stop a build to the reasons; ``notes`` say what the
    settings do to detections.
    """

    verdicts: tuple[Verdict, ...]
    faults: tuple[ContentError, ...]
    regions: tuple[str, ...]
    ignore: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found in templates, by stack."""
        return tuple(finding for verdict in self.verdicts for finding in verdict.findings)

    @property
    def clean(self) -> bool:
        """Nothing stands in the way of writing; there may be information."""
        return not self.faults and not any(finding.stops for finding in self.findings)


def build(
    stacks: Sequence[Stack],
    catalogue: Catalogue,
    linting: Linting,
    ignore: Mapping[str, str],
    *,
    use_cache: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Build:
    """Compile and check stacks. ``progress`` is told what is done now."""
    judging = Judging(linting, ignore, use_cache=use_cache)
    faults: list[ContentError] = []
    for stack in stacks:
        progress(f"compiling {stack.name}")
        try:
            judging.begin(compiled(stack, catalogue))
        except ContentError as fault:
            faults.append(fault)
    verdicts: list[Verdict] = []
    for verdict in judging.verdicts():
        verdicts.append(verdict)
        progress(f"checked {len(verdicts)} of {len(stacks)}")
    return Build(tuple(verdicts), tuple(faults), linting.regions, ignore)


def files(build: Build) -> dict[str, bytes]:
    """What ``dist/`` is to hold of a build: two files a stack. The manifest is not among them."""
    found = {}
    for verdict in build.verdicts:
        name = verdict.compiled.stack.name
        found[f"{name}.json"] = verdict.compiled.json.encode()
        found[f"{name}.yaml"] = verdict.compiled.yaml.encode()
    return found


def entries(build: Build) -> dict[str, manifest.Entry]:
    """What the manifest is to say of a build, by stack."""
    return {v.compiled.stack.name: _entry(v.compiled, build.regions) for v in build.verdicts}


def _entry(compiled: Compiled, regions: tuple[str, ...]) -> manifest.Entry:
    stack, document = compiled.stack, compiled.document
    return manifest.Entry(
        summary=stack.summary,
        where=stack.where,
        instead_of=stack.instead_of,
        json=manifest.file(f"{stack.name}.json", compiled.json),
        yaml=manifest.file(f"{stack.name}.yaml", compiled.yaml),
        resources=sum(times for *_, times in loops.entries(document["Resources"])),
        parameters=len(document.get("Parameters", {})),
        outputs=sum(times for *_, times in loops.entries(document.get("Outputs"))),
        capabilities=capabilities(document),
        regions=regions,
        sources={
            logical_id: str(compiled.places[("Resources", logical_id)])
            for logical_id in document["Resources"]
            if ("Resources", logical_id) in compiled.places
        },
    )
