"""
The whole flow of a build: content in, verdicts and the files of ``dist/`` out.

In:    stacks, a catalogue, Regions.
Out:   a `Build`: what was compiled, everything that is wrong, and the files if nothing is.
Never: a file written. `trailbell.dist` does that, once somebody has looked at the build.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trailbell import dist
from trailbell.capabilities import capabilities
from trailbell.compile import Compiled, compiled
from trailbell.detection import Catalogue
from trailbell.errors import ContentError
from trailbell.stack import Stack
from trailbell.validate.verdict import Verdict, verdicts


@dataclass(frozen=True)
class Build:
    """``faults`` kept something from compiling; verdicts are those of all that did compile."""

    verdicts: tuple[Verdict, ...]
    faults: tuple[ContentError, ...]
    regions: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Nothing at all is wrong."""
        return not self.faults and not any(verdict.findings for verdict in self.verdicts)


def build(
    stacks: Sequence[Stack],
    catalogue: Catalogue,
    regions: tuple[str, ...],
    *,
    use_cache: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Build:
    """Compile and check stacks. ``progress`` is told the name of each before its turn."""
    templates: list[Compiled] = []
    faults: list[ContentError] = []
    for stack in stacks:
        try:
            templates.append(compiled(stack, catalogue))
        except ContentError as fault:
            faults.append(fault)
    found = verdicts(templates, regions, use_cache=use_cache, progress=progress)
    return Build(tuple(found), tuple(faults), regions)


def files(build: Build) -> dict[str, bytes]:
    """What ``dist/`` is to hold of a build: two files a stack. The manifest is not among them."""
    found = {}
    for verdict in build.verdicts:
        name = verdict.compiled.stack.name
        found[f"{name}.json"] = verdict.compiled.json.encode()
        found[f"{name}.yaml"] = verdict.compiled.yaml.encode()
    return found


def entries(build: Build) -> dict[str, dist.Entry]:
    """What the manifest is to say of a build, by stack."""
    return {v.compiled.stack.name: _entry(v.compiled, build.regions) for v in build.verdicts}


def _entry(compiled: Compiled, regions: tuple[str, ...]) -> dist.Entry:
    stack, document = compiled.stack, compiled.document
    return dist.Entry(
        summary=stack.summary,
        where=stack.where,
        instead_of=stack.instead_of,
        json=dist.file(f"{stack.name}.json", compiled.json),
        yaml=dist.file(f"{stack.name}.yaml", compiled.yaml),
        resources=len(document["Resources"]),
        parameters=len(document.get("Parameters", {})),
        outputs=len(document.get("Outputs", {})),
        capabilities=capabilities(document),
        regions=regions,
        sources={
            logical_id: str(compiled.places[("Resources", logical_id)])
            for logical_id in document["Resources"]
            if ("Resources", logical_id) in compiled.places
        },
    )
