"""
Make the calls that resource types declare, and collect their findings.

In:    a `DeployedStack`, and the services of its account and Region.
Out:   a `Discrepancy` for each finding, and for each call that failed.
Never: a call made twice, or a failed call without a discrepancy.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from types import ModuleType
from typing import Any

from trailbell.aws.client import AwsSession
from trailbell.aws.threads import run_concurrently
from trailbell.deploy.verify.discrepancy import Discrepancy, of_finding, unread
from trailbell.diff.detection_gaps import modules_by_type
from trailbell.diff.judgment.read_back import (
    DELETED,
    Answer,
    DeployedResource,
    DeployedStack,
    Described,
    Finding,
    FindingKind,
    Operation,
    Read,
)
from trailbell.errors import AwsError, CredentialsError, NotFoundError, UnknownOperationError

Result = Answer | AwsError


@cache
def readable_types() -> Mapping[str, ModuleType]:
    """The modules that read their resource type back, by type."""
    return {
        type_: module for type_, module in modules_by_type().items() if hasattr(module, "READS")
    }


@dataclass(frozen=True)
class _Progress:
    """What was read so far, by the key of each `Read`: an answer or an error."""

    stack: DeployedStack
    now: datetime
    results: Mapping[str, Result] = field(default_factory=dict)

    @cached_property
    def _answers(self) -> Mapping[str, Answer | None]:
        return {
            key: None if isinstance(result, NotFoundError) else result
            for key, result in self.results.items()
            if isinstance(result, NotFoundError) or not isinstance(result, AwsError)
        }

    def described(self, resource: DeployedResource) -> Described:
        return Described(resource=resource, stack=self.stack, now=self.now, answers=self._answers)

    def reads(self, resource: DeployedResource) -> list[Read]:
        return list(readable_types()[resource.type].list_reads(self.described(resource)))


def read_back(aws: AwsSession, stack: DeployedStack) -> Iterator[Discrepancy]:
    """Read all resources of a stack, and compare them with its template.

    Raises `CredentialsError`: nothing can be read without credentials.
    """
    readable = [resource for resource in stack.resources if resource.type in readable_types()]
    progress = _read_all(aws, readable, _Progress(stack, datetime.now(UTC)))
    for resource in readable:
        for finding in _findings(progress, resource):
            yield of_finding(resource.logical_id, finding)
    yield from _not_read(resource for resource in stack.resources if resource not in readable)


def _read_all(
    aws: AwsSession, resources: Iterable[DeployedResource], progress: _Progress
) -> _Progress:
    """Make all calls, then those that depend on their answers, until there are no more."""
    while True:
        reads = {
            read.key: read
            for resource in resources
            for read in progress.reads(resource)
            if read.key not in progress.results
        }
        if not reads:
            return progress
        answers = run_concurrently([partial(_call, aws, read) for read in reads.values()])
        results = {**progress.results, **dict(zip(reads, answers, strict=True))}
        progress = replace(progress, results=results)


def _findings(progress: _Progress, resource: DeployedResource) -> Iterator[Finding]:
    """What failed, then what differs. A resource that is deleted has no other finding."""
    failed = [
        (read, result)
        for read in progress.reads(resource)
        if isinstance(result := progress.results[read.key], AwsError)
    ]
    if any(
        isinstance(result, NotFoundError) and not read.operation.optional for read, result in failed
    ):
        yield DELETED
        return
    for _, error in failed:
        if isinstance(error, UnknownOperationError):
            yield Finding(unread(error), FindingKind.REMARK)
        elif not isinstance(error, NotFoundError):
            yield Finding(unread(error))
    yield from readable_types()[resource.type].find_faults(progress.described(resource))


def _call(aws: AwsSession, read: Read) -> Result:
    """Return the answer with the entries of all pages, or the error."""
    operation = read.operation
    try:
        service = aws.service(operation.service)
        if operation.items:
            return _joined(operation, service.pages(operation.name, **read.request))
        return service.call(operation.name, **read.request)
    except CredentialsError:
        raise
    except AwsError as error:
        return error


def _joined(operation: Operation, pages: Iterable[Mapping[str, Any]]) -> Answer:
    return {operation.items: [entry for page in pages for entry in page.get(operation.items, ())]}


def _not_read(resources: Iterable[DeployedResource]) -> Iterator[Discrepancy]:
    by_type: dict[str, list[str]] = {}
    for resource in resources:
        by_type.setdefault(resource.type, []).append(resource.logical_id)
    for type_, names in by_type.items():
        yield Discrepancy(
            text=f"{type_} is not read back; drift detection compares it: {', '.join(names)}.",
            kind=FindingKind.REMARK,
        )
