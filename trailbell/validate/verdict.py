"""
Everything that is wrong with compiled templates, told together.

In:    compiled templates, Regions, and whether last time's verdicts may be used.
Out:   a `Verdict` for each template.
Never: the first fault only.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from trailbell import late
from trailbell.compile import Compiled
from trailbell.finding import Finding, Level
from trailbell.validate import cache
from trailbell.validate.quota import Quota, quotas


@dataclass(frozen=True)
class Verdict:
    """What was found in one template; ``seconds`` is how long looking took."""

    compiled: Compiled
    findings: tuple[Finding, ...]
    quotas: tuple[Quota, ...]
    seconds: float


def verdicts(
    templates: Sequence[Compiled],
    regions: tuple[str, ...],
    *,
    use_cache: bool,
    progress: Callable[[str], None],
) -> Iterator[Verdict]:
    """A verdict for each template; ``progress`` is told the name of each before its turn."""
    linter: _Linter | None = None
    for compiled in templates:
        progress(compiled.stack.name)
        started = time.perf_counter()
        name = cache.key((compiled.stack.name, compiled.json, compiled.yaml), regions)
        found = cache.load(name) if use_cache else None
        if found is None:
            linter = linter or _linter(regions)
            found = linter.findings(compiled.stack.name, compiled.document, compiled.yaml)
            cache.save(name, found)
        limits = quotas(compiled.document, json=compiled.json, yaml=compiled.yaml)
        placed = tuple(replace(f, place=compiled.place(f.path)) for f in found)
        yield Verdict(
            compiled=compiled,
            findings=placed + tuple(_over(compiled, limits)),
            quotas=limits,
            seconds=time.perf_counter() - started,
        )


class _Linter(Protocol):
    def findings(self, stack: str, document: dict[str, Any], yaml: str) -> tuple[Finding, ...]: ...


def _linter(regions: tuple[str, ...]) -> _Linter:
    linter: _Linter = late.module("trailbell.validate.lint").Linter(regions)
    return linter


def _over(compiled: Compiled, limits: Sequence[Quota]) -> Iterator[Finding]:
    for quota in limits:
        if quota.used > quota.limit:
            yield Finding(
                stack=compiled.stack.name,
                rule="T0002",
                name="quota",
                level=Level.ERROR,
                message=f"{quota.used:,} {quota.name}; the quota is {quota.limit:,}",
                path=quota.path,
                place=compiled.place(quota.path),
                url="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
            )
