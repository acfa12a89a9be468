"""
Everything that is wrong with compiled templates, told together.

In:    compiled templates one by one, the settings of lint, and last time's verdicts.
Out:   a `ValidationResult` for each template.
Never: the first fault only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from trailbell import cache
from trailbell.compiler.compile import CompiledStack
from trailbell.template.limits import BODY_BYTES, OBJECT_BYTES
from trailbell.validate.finding import Finding, Level
from trailbell.validate.linting import Job, Linted, Linting
from trailbell.validate.quota import Quota, quotas
from trailbell.validate.suppression import Suppression, suppressions

_BUCKET = "https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/"
_METADATA = "https://github.com/aws-cloudformation/cfn-lint#metadata"


@dataclass(frozen=True)
class ValidationResult:
    """What was found in one template; ``seconds`` is how long linting it took.

    ``suppressions`` are those that the template itself holds.
    """

    compiled: CompiledStack
    findings: tuple[Finding, ...]
    quotas: tuple[Quota, ...]
    seconds: float
    suppressions: tuple[Suppression, ...] = ()


class Validation:
    """Takes templates as they are compiled, so that lint can begin; then gives the verdicts.

    ``ignore`` maps rules whose findings do not stop a build to the reasons.
    """

    def __init__(
        self, linting: Linting, ignore: Mapping[str, str], *, use_cache: bool = True
    ) -> None:
        self._linting = linting
        self._ignore = ignore
        self._use_cache = use_cache
        self._begun: list[tuple[CompiledStack, str, int | Linted]] = []

    def begin(self, compiled: CompiledStack) -> None:
        """Have a template linted, unless its verdict is known."""
        texts = (compiled.stack.name, compiled.json, compiled.yaml)
        name = cache.validation_key(texts, self._linting.regions)
        kept = _load_findings(name) if self._use_cache else None
        if kept is None:
            job = Job(compiled.stack.name, compiled.document, compiled.yaml)
            self._begun.append((compiled, name, self._linting.submit(job)))
        else:
            self._begun.append((compiled, name, Linted(kept, 0.0)))

    def verdicts(self) -> Iterator[ValidationResult]:
        """A verdict for each template, in the order in which they were begun."""
        for compiled, name, begun in self._begun:
            if isinstance(begun, int):
                linted = self._linting.result(begun)
                cache.store(name, [asdict(finding) for finding in linted.findings])
            else:
                linted = begun
            yield self._verdict(compiled, linted)

    def _verdict(self, compiled: CompiledStack, linted: Linted) -> ValidationResult:
        limits = quotas(
            compiled.document,
            json=compiled.json,
            yaml=compiled.yaml,
            inline=compiled.stack.without_bucket,
        )
        suppressed = tuple(suppressions(compiled.document))
        found = (
            *linted.findings,
            *_over(compiled, limits),
            *_large(compiled),
            *_unreasoned(compiled, suppressed),
        )
        return ValidationResult(
            compiled=compiled,
            findings=tuple(
                replace(
                    finding,
                    source_location=compiled.source_of(finding.path),
                    ignored=self._ignore.get(finding.rule, ""),
                )
                for finding in found
            ),
            quotas=limits,
            seconds=linted.seconds,
            suppressions=suppressed,
        )


def _over(compiled: CompiledStack, limits: Sequence[Quota]) -> Iterator[Finding]:
    for quota in limits:
        if quota.used > quota.limit:
            told = f"{quota.used:,} {quota.name}; the quota is {quota.limit:,}"
            yield Finding(
                stack=compiled.stack.name,
                rule="T0003" if quota.adjustable else "T0002",
                name="adjustable-quota" if quota.adjustable else "quota",
                level=Level.WARNING if quota.adjustable else Level.ERROR,
                message=told + (" unless AWS raised it for you" if quota.adjustable else ""),
                path=quota.path,
                url=quota.url,
            )


def _large(compiled: CompiledStack) -> Iterator[Finding]:
    size = max(len(compiled.json.encode()), len(compiled.yaml.encode()))
    if BODY_BYTES < size <= OBJECT_BYTES and not compiled.stack.without_bucket:
        yield Finding(
            stack=compiled.stack.name,
            rule="T0004",
            name="needs-a-bucket",
            level=Level.INFORMATION,
            message=(
                f"{size:,} bytes; CloudFormation takes more than {BODY_BYTES:,} from a bucket "
                "only: aws cloudformation deploy --s3-bucket, build.py deploy --template-bucket"
            ),
            url=_BUCKET,
        )


def _unreasoned(compiled: CompiledStack, suppressed: Sequence[Suppression]) -> Iterator[Finding]:
    for suppression in suppressed:
        if not suppression.reason:
            yield Finding(
                stack=compiled.stack.name,
                rule="T0005",
                name="suppression-without-reason",
                level=Level.WARNING,
                message=(
                    f"ignores {', '.join(suppression.rules)} and does not say why; put a reason "
                    "beside config: Metadata={'cfn-lint': {'config': ..., 'reason': '...'}}"
                ),
                path=suppression.path,
                url=_METADATA,
            )


def _load_findings(name: str) -> tuple[Finding, ...] | None:
    """Findings of an earlier build; None if there are none or they cannot be read."""
    entries = cache.load(name)
    if not isinstance(entries, list):
        return None
    try:
        return tuple(
            Finding(**(entry | {"path": tuple(entry["path"]), "level": Level(entry["level"])}))
            for entry in entries
        )
    except (ValueError, TypeError, KeyError):
        return None
