"""
A stack set, typed: what this package asks of it, and what it answers.

In:    a `ServiceClient`, the name of the set, and whether a delegated administrator calls.
Out:   `StackSetDefinition`, `StackInstance`, `StackSetOperation`, `StackResult`; faults as they
       come from the door.
Never: a call without CallAs where it is due. It is added here, in one place, to every request.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/what-is-cfnstacksets.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.aws.client import Response, ServiceClient
from trailbell.errors import NotFoundError

_UNDER_WAY = ("RUNNING", "QUEUED", "STOPPING")


class AccountRegion(NamedTuple):
    """One account and one Region: where one stack stands, or is to stand."""

    account: str
    region: str


@dataclass(frozen=True, kw_only=True)
class StackSetDefinition:
    """A set as it is. ``template`` is the text it was given."""

    id: str
    arn: str
    template: str
    model: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    administration_role: str = ""
    execution_role: str = ""
    automatic: AutoDeployment = field(default_factory=AutoDeployment)
    managed_execution: bool = False
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StackInstance:
    """A stack instance. ``unit`` is the organizational unit by which it was made."""

    location: AccountRegion
    status: str
    detailed_status: str
    reason: str
    unit: str
    stack_id: str
    drift: str


@dataclass(frozen=True, kw_only=True)
class StackSetOperation:
    """An operation on a set. ``failed`` counts instances, also in one that SUCCEEDED."""

    id: str
    action: str
    status: str
    reason: str = ""
    failed: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def in_progress(self) -> bool:
        """Whether AWS is, or will be, at work on it."""
        return self.status in _UNDER_WAY

    @property
    def succeeded(self) -> bool:
        """Whether it ended, and nothing failed in it: SUCCEEDED alone does not say that."""
        return self.status == "SUCCEEDED" and not self.failed


@dataclass(frozen=True, slots=True)
class InstanceResult:
    """What an operation did to one pair."""

    location: AccountRegion
    status: str
    reason: str


@dataclass(frozen=True)
class StackSet:
    """One set by its name. Every function raises `AwsError`."""

    service: ServiceClient
    name: str
    delegated: bool = False

    def _request(self, request: Mapping[str, Any]) -> dict[str, Any]:
        as_whom = {"CallAs": "DELEGATED_ADMIN"} if self.delegated else {}
        return {"StackSetName": self.name, **request, **as_whom}

    def call(self, operation: str, **request: Any) -> Response:
        """The answer to one call on this set."""
        return self.service.call(operation, **self._request(request))

    def pages(self, operation: str, **request: Any) -> Iterator[Response]:
        """All answers of an operation on this set."""
        return self.service.pages(operation, **self._request(request))

    def definition(self) -> StackSetDefinition | None:
        """The set; None if there is none."""
        try:
            found = self.call("DescribeStackSet")["StackSet"]
        except NotFoundError:
            return None
        return None if found.get("Status") == "DELETED" else _definition(found)

    def instances(self, **filters: Any) -> Iterator[StackInstance]:
        """All instances of the set, a hundred a page."""
        for page in self.pages("ListStackInstances", MaxResults=100, **filters):
            for each in page["Summaries"]:
                yield _instance(each)

    def overrides(self, pair: AccountRegion) -> Mapping[str, str]:
        """The parameters of one instance that differ from the set's. Lists do not hold them."""
        answer = self.call(
            "DescribeStackInstance",
            StackInstanceAccount=pair.account,
            StackInstanceRegion=pair.region,
        )
        return _pairs(answer["StackInstance"].get("ParameterOverrides", ()))

    def operation(self, id_: str) -> StackSetOperation:
        """How an operation stands."""
        return _operation(self.call("DescribeStackSetOperation", OperationId=id_)[
            "StackSetOperation"
        ])  # fmt: skip

    def operations(self) -> Iterator[StackSetOperation]:
        """The operations on the set, newest first."""
        for page in self.pages("ListStackSetOperations", MaxResults=100):
            for each in page["Summaries"]:
                yield _operation(each)

    def under_way(self) -> tuple[StackSetOperation, ...]:
        """The operations that run or wait: the newest ones, so that old ones are not read."""
        found = []
        for count, each in enumerate(self.operations()):
            if each.in_progress:
                found.append(each)
            elif count >= _NEWEST:
                break
        return tuple(reversed(found))

    def results(self, operation: str, status: str = "") -> Iterator[InstanceResult]:
        """What an operation did, or is doing, pair by pair; all pages."""
        by_status: dict[str, Any] = {}
        if status:
            by_status["Filters"] = [{"Name": "OPERATION_RESULT_STATUS", "Values": status}]
        asked = {"OperationId": operation, "MaxResults": 100, **by_status}
        for page in self.pages("ListStackSetOperationResults", **asked):
            for each in page["Summaries"]:
                yield InstanceResult(
                    AccountRegion(each.get("Account", ""), each.get("Region", "")),
                    each.get("Status", ""),
                    each.get("StatusReason", "") or _gate(each),
                )


_NEWEST = 20
"""Operations that are looked at after the last one under way, in case they are not in order."""


def _gate(data: Mapping[str, Any]) -> str:
    """What an account gate said, where one stopped the operation."""
    return str(data.get("AccountGateResult", {}).get("StatusReason", ""))


def _pairs(entries: Any) -> dict[str, str]:
    return {each["ParameterKey"]: each.get("ParameterValue", "") for each in entries}


def _definition(data: Mapping[str, Any]) -> StackSetDefinition:
    automatic = data.get("AutoDeployment") or {}
    return StackSetDefinition(
        id=data["StackSetId"],
        arn=data.get("StackSetARN", ""),
        template=data.get("TemplateBody", ""),
        model=data.get("PermissionModel") or "SELF_MANAGED",
        parameters=_pairs(data.get("Parameters", ())),
        capabilities=tuple(sorted(data.get("Capabilities", ()))),
        tags={each["Key"]: each["Value"] for each in data.get("Tags", ())},
        description=data.get("Description", "") or "",
        administration_role=data.get("AdministrationRoleARN", "") or "",
        execution_role=data.get("ExecutionRoleName", "") or "",
        automatic=AutoDeployment(
            enabled=bool(automatic.get("Enabled")),
            retain=bool(automatic.get("RetainStacksOnAccountRemoval")),
            after=tuple(automatic.get("DependsOn") or ()),
        ),
        managed_execution=bool((data.get("ManagedExecution") or {}).get("Active")),
        units=tuple(data.get("OrganizationalUnitIds", ())),
    )


def _instance(data: Mapping[str, Any]) -> StackInstance:
    return StackInstance(
        AccountRegion(data["Account"], data["Region"]),
        data.get("Status", "CURRENT"),
        (data.get("StackInstanceStatus") or {}).get("DetailedStatus", ""),
        data.get("StatusReason", "") or "",
        data.get("OrganizationalUnitId", "") or "",
        data.get("StackId", "") or "",
        data.get("DriftStatus", "") or "",
    )


def _operation(data: Mapping[str, Any]) -> StackSetOperation:
    return StackSetOperation(
        id=data["OperationId"],
        action=data.get("Action", ""),
        status=data.get("Status", ""),
        reason=data.get("StatusReason", "") or "",
        failed=int((data.get("StatusDetails") or {}).get("FailedStackInstancesCount") or 0),
        started_at=data.get("CreationTimestamp"),
        ended_at=data.get("EndTimestamp"),
    )
