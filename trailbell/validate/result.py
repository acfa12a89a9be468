"""
Validate compiled templates, and collect everything that is wrong with them.

In:    compiled templates one by one, the rules to ignore, and cached results.
Out:   a `ValidationResult` for each template.
Never: only the first problem.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from trailbell import cache
from trailbell.compiler.compile import CompiledStack
from trailbell.template.limits import BODY_BYTES, OBJECT_BYTES
from trailbell.validate.finding import Finding, Level
from trailbell.validate.linting import Job, Linting, LintResult
from trailbell.validate.quota import Quota, quotas
from trailbell.validate.suppression import Suppression, suppressions

_BUCKET = "https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/"
_METADATA = "https://github.com/aws-cloudformation/cfn-lint#metadata"


@dataclass(frozen=True)
class ValidationResult:
    """The result for one template; ``seconds`` is the duration of linting it.

    ``suppressions`` are those in the template itself.
    """

    compiled: CompiledStack
    findings: tuple[Finding, ...]
    quotas: tuple[Quota, ...]
    seconds: float
    suppressions: tuple[Suppression, ...] = ()


class Validation:
    """Starts to lint each template when it is compiled, and then returns the results.

    ``ignore`` maps rules whose findings do not fail a build to the reasons.
    """

    def __init__(
        self, linting: Linting, ignore: Mapping[str, str], *, use_cache: bool = True
    ) -> None:
        self._linting = linting
        self._ignore = ignore
        self._use_cache = use_cache
        self._pending: list[tuple[CompiledStack, str, int | LintResult]] = []

    def begin(self, compiled: CompiledStack) -> None:
        """Start to lint a template, unless its result is cached."""
        texts = (compiled.stack.name, compiled.json, compiled.yaml)
        key = cache.validation_key(texts, self._linting.regions)
        cached = _load_findings(key) if self._use_cache else None
        if cached is None:
            job = Job(compiled.stack.name, compiled.document, compiled.yaml)
            self._pending.append((compiled, key, self._linting.submit(job)))
        else:
            self._pending.append((compiled, key, LintResult(cached, 0.0)))

    def results(self) -> Iterator[ValidationResult]:
        """The result of each template, in the order in which they were compiled."""
        for compiled, key, pending in self._pending:
            if isinstance(pending, int):
                linted = self._linting.result(pending)
                cache.store(key, [asdict(finding) for finding in linted.findings])
            else:
                linted = pending
            yield self._result(compiled, linted)

    def _result(self, compiled: CompiledStack, linted: LintResult) -> ValidationResult:
        limits = quotas(
            compiled.document,
            json=compiled.json,
            yaml=compiled.yaml,
            inline=compiled.stack.without_bucket,
        )
        suppressed = tuple(suppressions(compiled.document))
        findings = (
            *linted.findings,
            *_exceeded_quotas(compiled, limits),
            *_needs_bucket(compiled),
            *_suppressions_without_reason(compiled, suppressed),
        )
        return ValidationResult(
            compiled=compiled,
            findings=tuple(
                replace(
                    finding,
                    source_location=compiled.source_of(finding.path),
                    ignored=self._ignore.get(finding.rule, ""),
                )
                for finding in findings
            ),
            quotas=limits,
            seconds=linted.seconds,
            suppressions=suppressed,
        )


def _exceeded_quotas(compiled: CompiledStack, limits: Sequence[Quota]) -> Iterator[Finding]:
    for quota in limits:
        if quota.used > quota.limit:
            problem = f"The template has {quota.used:,} {quota.name}; the quota is {quota.limit:,}"
            exception = ", unless AWS raised it for your account" if quota.adjustable else ""
            yield Finding(
                stack=compiled.stack.name,
                rule="T0003" if quota.adjustable else "T0002",
                name="adjustable-quota" if quota.adjustable else "quota",
                level=Level.WARNING if quota.adjustable else Level.ERROR,
                message=f"{problem}{exception}.",
                path=quota.path,
                url=quota.url,
            )


def _needs_bucket(compiled: CompiledStack) -> Iterator[Finding]:
    size = max(len(compiled.json.encode()), len(compiled.yaml.encode()))
    if BODY_BYTES < size <= OBJECT_BYTES and not compiled.stack.without_bucket:
        yield Finding(
            stack=compiled.stack.name,
            rule="T0004",
            name="needs-a-bucket",
            level=Level.INFORMATION,
            message=(
                f"The template has {size:,} bytes. CloudFormation reads more than {BODY_BYTES:,} "
                "only from an S3 bucket: use trailbell deploy --template-bucket, or "
                "aws cloudformation deploy --s3-bucket."
            ),
            url=_BUCKET,
        )


def _suppressions_without_reason(
    compiled: CompiledStack, suppressed: Sequence[Suppression]
) -> Iterator[Finding]:
    for suppression in suppressed:
        if not suppression.reason:
            yield Finding(
                stack=compiled.stack.name,
                rule="T0005",
                name="suppression-without-reason",
                level=Level.WARNING,
                message=(
                    f"{', '.join(suppression.rules)} is ignored without a reason. Add it next to "
                    "config: Metadata={'cfn-lint': {'config': ..., 'reason': '...'}}"
                ),
                path=suppression.path,
                url=_METADATA,
            )


def _load_findings(key: str) -> tuple[Finding, ...] | None:
    """The findings of an earlier build; None if there is no such result."""
    entries = cache.load(key)
    if not isinstance(entries, list):
        return None
    try:
        return tuple(
            Finding(**(entry | {"path": tuple(entry["path"]), "level": Level(entry["level"])}))
            for entry in entries
        )
    except (ValueError, TypeError, KeyError):
        return None
