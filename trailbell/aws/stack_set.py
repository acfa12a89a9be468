"""
A stack set, typed: its operations, and their responses.

In:    a `ServiceClient`, the name of the stack set, and whether a delegated administrator calls.
Out:   `StackSetDefinition`, `StackInstance`, `StackSetOperation`, `InstanceResult`; errors as
       `trailbell.aws.client` raises them.
Never: a call without CallAs where it is needed. It is added here to every request.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/what-is-cfnstacksets.html
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.aws.client import Response, ServiceClient
from trailbell.aws.threads import run_concurrently
from trailbell.errors import NotFoundError

_IN_PROGRESS = ("RUNNING", "QUEUED", "STOPPING")
_ENDED = ("SUCCEEDED", "FAILED", "STOPPED")


class AccountRegion(NamedTuple):
    """One account and one Region: the location of one stack instance."""

    account: str
    region: str


@dataclass(frozen=True, kw_only=True)
class StackSetDefinition:
    """The current definition of a stack set. ``template`` is the template body."""

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
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StackInstance:
    """A stack instance. ``unit`` is the organizational unit that it was created for."""

    location: AccountRegion
    status: str
    detailed_status: str
    reason: str
    unit: str
    stack_id: str
    drift: str
    last_operation: str = ""


@dataclass(frozen=True, kw_only=True)
class StackSetOperation:
    """An operation on a stack set. ``failed`` counts instances; a SUCCEEDED one can have some."""

    id: str
    action: str
    status: str
    reason: str = ""
    failed: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def in_progress(self) -> bool:
        """Whether it has not ended. One with a status of a newer API has when it has a time."""
        unknown = self.status not in (*_IN_PROGRESS, *_ENDED)
        return self.status in _IN_PROGRESS or (unknown and self.ended_at is None)

    @property
    def succeeded(self) -> bool:
        """Whether it ended without failed instances. The status SUCCEEDED alone allows some."""
        return self.status == "SUCCEEDED" and not self.failed


@dataclass(frozen=True, slots=True)
class InstanceResult:
    """The result of an operation for one stack instance."""

    location: AccountRegion
    status: str
    reason: str


@dataclass(frozen=True)
class StackSet:
    """A stack set, by name. Every method raises `AwsError`."""

    service: ServiceClient
    name: str
    delegated: bool = False

    def _request(self, request: Mapping[str, Any]) -> dict[str, Any]:
        call_as = {"CallAs": "DELEGATED_ADMIN"} if self.delegated else {}
        return {"StackSetName": self.name, **request, **call_as}

    def call(self, operation: str, **request: Any) -> Response:
        """Call an operation on this stack set."""
        return self.service.call(operation, **self._request(request))

    def pages(self, operation: str, **request: Any) -> Iterator[Response]:
        """Return all pages of an operation on this stack set."""
        return self.service.pages(operation, **self._request(request))

    def active_names(self) -> frozenset[str]:
        """Return the names of all active stack sets in the account and Region."""
        call_as = {"CallAs": "DELEGATED_ADMIN"} if self.delegated else {}
        pages = self.service.pages("ListStackSets", Status="ACTIVE", MaxResults=_PAGE, **call_as)
        return frozenset(
            data["StackSetName"]
            for page in pages
            for data in page["Summaries"]
            if data.get("Status", "ACTIVE") == "ACTIVE"
        )

    def definition(self) -> StackSetDefinition | None:
        """Return the definition; None if the stack set does not exist."""
        try:
            data = self.call("DescribeStackSet")["StackSet"]
        except NotFoundError:
            return None
        return None if data.get("Status") == "DELETED" else _definition(data)

    def instances(self, **filters: Any) -> Iterator[StackInstance]:
        """Return all stack instances, read in pages of 100."""
        for page in self.pages("ListStackInstances", MaxResults=_PAGE, **filters):
            for data in page["Summaries"]:
                yield _instance(data)

    def all_instances(self, regions: Iterable[str]) -> tuple[StackInstance, ...]:
        """Return all stack instances of a stack set that has some in these Regions.

        A chain of pages is read one page after the other. If there is more than one page, the
        Regions are read side by side.
        """
        request = self._request({"MaxResults": _PAGE})
        first = self.service.call("ListStackInstances", **request)
        names = tuple(dict.fromkeys(regions))
        if not first.get("NextToken"):
            return tuple(_instance(data) for data in first["Summaries"])
        if not names:
            return tuple(self.instances())
        chains = run_concurrently(partial(self._instances_in, region) for region in names)
        return tuple(instance for chain in chains for instance in chain)

    def _instances_in(self, region: str) -> list[StackInstance]:
        return list(self.instances(StackInstanceRegion=region))

    def overrides(self, location: AccountRegion) -> Mapping[str, str]:
        """Return the parameter overrides of one instance. ListStackInstances omits them."""
        response = self.call(
            "DescribeStackInstance",
            StackInstanceAccount=location.account,
            StackInstanceRegion=location.region,
        )
        return _pairs(response["StackInstance"].get("ParameterOverrides", ()))

    def operation(self, id_: str) -> StackSetOperation:
        """Return an operation by its id."""
        response = self.call("DescribeStackSetOperation", OperationId=id_)
        return _operation(response["StackSetOperation"])

    def operations(self) -> Iterator[StackSetOperation]:
        """Return the operations on the stack set, newest first."""
        for page in self.pages("ListStackSetOperations", MaxResults=100):
            for data in page["Summaries"]:
                yield _operation(data)

    def running_operations(self) -> tuple[StackSetOperation, ...]:
        """Return the operations in progress, oldest first, without reading all old operations."""
        running = []
        for count, operation in enumerate(self.operations()):
            if operation.in_progress:
                running.append(operation)
            elif count >= _MIN_OPERATIONS_READ:
                break
        return tuple(reversed(running))

    def results(self, operation: str, status: str = "") -> Iterator[InstanceResult]:
        """Return the result of an operation for each stack instance; all pages."""
        by_status: dict[str, Any] = {}
        if status:
            by_status["Filters"] = [{"Name": "OPERATION_RESULT_STATUS", "Values": status}]
        request = {"OperationId": operation, "MaxResults": 100, **by_status}
        for page in self.pages("ListStackSetOperationResults", **request):
            for data in page["Summaries"]:
                yield InstanceResult(
                    AccountRegion(data.get("Account", ""), data.get("Region", "")),
                    data.get("Status", ""),
                    data.get("StatusReason", "") or _account_gate_reason(data),
                )


_PAGE = 100
"""Stack instances in a page."""
_MIN_OPERATIONS_READ = 20
"""Operations that are read at least, in case they are not returned in order."""


def _account_gate_reason(data: Mapping[str, Any]) -> str:
    """Return the reason of the account gate function, if one stopped the operation."""
    return str(data.get("AccountGateResult", {}).get("StatusReason", ""))


def _pairs(entries: Any) -> dict[str, str]:
    return {entry["ParameterKey"]: entry.get("ParameterValue", "") for entry in entries}


def _definition(data: Mapping[str, Any]) -> StackSetDefinition:
    automatic = data.get("AutoDeployment") or {}
    return StackSetDefinition(
        id=data["StackSetId"],
        arn=data.get("StackSetARN", ""),
        template=data.get("TemplateBody", ""),
        model=data.get("PermissionModel") or "SELF_MANAGED",
        parameters=_pairs(data.get("Parameters", ())),
        capabilities=tuple(sorted(data.get("Capabilities", ()))),
        tags={tag["Key"]: tag["Value"] for tag in data.get("Tags", ())},
        description=data.get("Description", "") or "",
        administration_role=data.get("AdministrationRoleARN", "") or "",
        execution_role=data.get("ExecutionRoleName", "") or "",
        automatic=AutoDeployment(
            enabled=bool(automatic.get("Enabled")),
            retain=bool(automatic.get("RetainStacksOnAccountRemoval")),
            after=tuple(sorted(automatic.get("DependsOn") or ())),
        ),
        managed_execution=bool((data.get("ManagedExecution") or {}).get("Active")),
        units=tuple(data.get("OrganizationalUnitIds", ())),
        regions=tuple(data.get("Regions", ())),
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
        data.get("LastOperationId", "") or "",
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
