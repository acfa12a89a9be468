"""
One StackSet, as the documentation describes it.

In:    calls without the name of the StackSet.
Out:   responses; the state of the StackSet, of its stack instances and of its operations.
Never: leniency. It rejects what AWS rejects: two operations at once, accounts where units are
       required, AutoDeployment together with targets. A stack fails whose imports are not exported
       in its account and Region, and so does the deletion of one whose exports are imported.

Operations advance when they are polled: each DescribeStackSetOperation ends ``speed`` stacks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from botocore import xform_name

from tests.fake_aws import ApiError
from tests.rollout.fake_exports import IN_USE, NOT_EXPORTED, exported_names, imported_names
from tests.rollout.fake_organizations import MANAGER
from trailbell.aws.stack_set import AccountRegion

HOME = "eu-central-1"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
EXCEEDED = "Cancelled since failure tolerance has exceeded"
_MAX_DEPENDENCIES = 10
_UPDATABLE = (
    *("TemplateBody", "Description", "Capabilities", "Tags", "AutoDeployment"),
    *("ManagedExecution", "AdministrationRoleARN", "ExecutionRoleName"),
)


@dataclass
class Stack:
    """A stack instance and its stack. ``version`` is the definition that it was deployed with."""

    status: str = "OUTDATED"
    detailed: str = "PENDING"
    reason: str = ""
    unit: str = ""
    overrides: dict[str, str] = field(default_factory=dict)
    version: str = ""
    drift: str = "NOT_CHECKED"
    last_operation: str = ""
    exports: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)


@dataclass
class FakeOperation:
    """An operation on the StackSet."""

    id: str
    action: str
    locations: list[AccountRegion]
    request: dict[str, Any]
    status: str = "RUNNING"
    results: dict[AccountRegion, tuple[str, str]] = field(default_factory=dict)
    conflicts: bool = False

    @property
    def failed(self) -> int:
        return sum(status == "FAILED" for status, _ in self.results.values())


class Surroundings(Protocol):
    """What a StackSet sees of the rest of AWS."""

    speed: int
    reaches_moved: bool
    fails: dict[AccountRegion, str]
    states: dict[str, str]
    objects: dict[str, str]
    drifts: dict[AccountRegion, list[dict[str, Any]]]

    def below(self, unit: str) -> list[str]: ...

    def paged(self, request: dict[str, Any], key: str, entries: list[Any]) -> dict[str, Any]: ...

    def exports(self, location: AccountRegion, but: str = "") -> set[str]: ...

    def importers(self, location: AccountRegion, names: set[str]) -> list[str]: ...

    def stack_set_arns(self) -> set[str]: ...


@dataclass
class FakeStackSet:
    """The state of one StackSet. ``fails`` maps a location to the reason for which it fails."""

    name: str
    cloud: Surroundings
    definition: dict[str, Any] | None = None
    version: str = ""
    instances: dict[AccountRegion, Stack] = field(default_factory=dict)
    operations: list[FakeOperation] = field(default_factory=list)
    fails: dict[AccountRegion, str] = field(default_factory=dict)

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        method = getattr(self, f"_{xform_name(operation)}")
        response: dict[str, Any] = method(request)
        return response

    # ------------------------------------------------------------------ StackSets

    def _require(self) -> dict[str, Any]:
        if self.definition is None:
            raise ApiError("StackSetNotFoundException", "StackSet not found", 404)
        return self.definition

    def _create_stack_set(self, request: dict[str, Any]) -> dict[str, Any]:
        if self.definition is not None:
            raise ApiError("NameAlreadyExistsException", "Stack Set already exists", 409)
        request.pop("ClientRequestToken")
        self._check_dependencies(request)
        self.definition = self._with_body(request)
        self._define()
        return {"StackSetId": f"{self.name}:0"}

    def _with_body(self, request: dict[str, Any]) -> dict[str, Any]:
        """DescribeStackSet returns TemplateBody, also of a template that came from S3."""
        if "TemplateURL" in request:
            request["TemplateBody"] = self.cloud.objects[request.pop("TemplateURL")]
        return request

    def _define(self) -> None:
        """The version of a stack is the template, parameters and tags that it was deployed with."""
        stack_set = self._require()
        parts = [stack_set.get(key) for key in ("TemplateBody", "Parameters", "Tags")]
        self.version = repr(parts)

    def _describe_stack_set(self, _: dict[str, Any]) -> dict[str, Any]:
        stack_set = dict(self._require())
        names = {
            "StackSetName": self.name,
            "StackSetId": f"{self.name}:0",
            "StackSetARN": stack_set_arn(self.name),
        }
        return {"StackSet": {**names, **stack_set}}

    def _update_stack_set(self, request: dict[str, Any]) -> dict[str, Any]:
        stack_set = self._require()
        targeted = any(key in request for key in ("DeploymentTargets", "Accounts", "Regions"))
        if "AutoDeployment" in request and targeted:
            raise ApiError(
                "ValidationError", "AutoDeployment excludes DeploymentTargets and Regions"
            )
        self._check_managed_execution(request)
        self._check_dependencies(request)
        locations = self._locations(request) if targeted else list(self.instances)
        missing = [location for location in locations if location not in self.instances]
        if missing:
            raise ApiError("StackInstanceNotFoundException", f"{missing[0]}", 404)
        kept = {p["ParameterKey"]: p for p in stack_set.get("Parameters", ())}
        operation = self._begin("UPDATE", locations, request)
        request = self._with_body(dict(request))
        for key in _UPDATABLE:
            if key in request:
                stack_set[key] = request[key]
        # Missing parameters are kept: AWS's own provider relies on it when it switches managed
        # execution. The text of Parameter.ParameterKey reads otherwise, so this is unsure.
        if "Parameters" in request:
            stack_set["Parameters"] = [
                kept[p["ParameterKey"]] if p.get("UsePreviousValue") else p
                for p in request["Parameters"]
            ]
        before = self.version
        self._define()
        if "TemplateBody" in request or self.version != before:
            for stack in self.instances.values():
                if stack.status == "CURRENT":
                    stack.status, stack.detailed = "OUTDATED", "PENDING"
        return {"OperationId": operation.id}

    def _check_dependencies(self, request: dict[str, Any]) -> None:
        """Reject more dependencies than the quota, and StackSets that do not exist.

        "Define up to 10 dependencies per StackSet":
        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html
        That a StackSet must exist is unsure: no page says so, but its ARN has an id that AWS makes.
        """
        arns = request.get("AutoDeployment", {}).get("DependsOn", [])
        if len(arns) > _MAX_DEPENDENCIES:
            raise ApiError("LimitExceededException", "too many dependencies")
        unknown = set(arns) - self.cloud.stack_set_arns()
        if any(f":{MANAGER}:" in arn for arn in unknown):
            raise ApiError("ValidationError", f"no such StackSet: {unknown}")

    def _check_managed_execution(self, request: dict[str, Any]) -> None:
        """Reject a switch of managed execution next to other changes, or while operations run.

        https://github.com/hashicorp/terraform-provider-aws/issues/35031 and
        https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ManagedExecution.html
        """
        if "ManagedExecution" not in request:
            return
        if any(member in request for member in ("TemplateBody", "TemplateURL", "Parameters")):
            raise ApiError(
                "ValidationError",
                "Cannot update ManagedExecution while updating StackSet Template or Parameters",
            )
        if any(each.status in ("RUNNING", "QUEUED", "STOPPING") for each in self.operations):
            raise ApiError("InvalidOperationException", "operations are running or queued")

    def _delete_stack_set(self, _: dict[str, Any]) -> dict[str, Any]:
        self._require()
        if self.instances:
            raise ApiError("StackSetNotEmptyException", "StackSet is not empty", 409)
        self.definition = None
        return {}

    # ------------------------------------------------------------------ instances

    def _locations(self, request: dict[str, Any]) -> list[AccountRegion]:
        """The targets of a request, in the order in which AWS works on them."""
        regions = request["Regions"]
        accounts = self._reached(request)
        return [AccountRegion(account, region) for region in regions for account in accounts]

    def _reached(self, request: dict[str, Any]) -> list[str]:
        service = self._require().get("PermissionModel") == "SERVICE_MANAGED"
        if not service:
            assert "DeploymentTargets" not in request
            return list(request["Accounts"])
        targets = request.get("DeploymentTargets", {})
        units = targets.get("OrganizationalUnitIds")
        if not units:
            raise ApiError(
                "ValidationError",
                "StackSets with SERVICE_MANAGED permission model can only have "
                "OrganizationalUnit as target",
            )
        if len(units) > 50:
            raise ApiError("ValidationError", "at most 50 organizational units")
        inside = [a for unit in units for a in self._members(unit)]
        inside = [a for a in dict.fromkeys(inside) if a != MANAGER]
        named = set(targets.get("Accounts", ()))
        match targets.get("AccountFilterType"):
            case "NONE":
                assert not named
                return inside
            case "INTERSECTION":
                return [a for a in inside if a in named]
            case "DIFFERENCE":
                return [a for a in inside if a not in named]
            case other:
                raise ApiError("ValidationError", f"AccountFilterType {other}")

    def _members(self, unit: str) -> Iterable[str]:
        """Accounts that are in a unit now, and those whose stacks it created.

        Whether an operation reaches an account that left the unit of its stack instance is not
        documented: "belong to the specified OUs" reads otherwise. ``reaches_moved`` has both.
        https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html
        """
        created = [
            location.account
            for location, stack in self.instances.items()
            if stack.unit == unit and self.cloud.reaches_moved
        ]
        return dict.fromkeys((*self.cloud.below(unit), *created))

    def _unit(self, request: dict[str, Any], account: str) -> str:
        units: list[str] = request.get("DeploymentTargets", {}).get("OrganizationalUnitIds", [])
        return next((unit for unit in units if account in self.cloud.below(unit)), "")

    def _create_stack_instances(self, request: dict[str, Any]) -> dict[str, Any]:
        locations = self._locations(request)
        twice = [location for location in locations if location in self.instances]
        assert not twice, f"created twice: {twice}"
        operation = self._begin("CREATE", locations, request)
        for location in locations:
            self.instances[location] = Stack(
                unit=self._unit(request, location.account),
                overrides=_values(request.get("ParameterOverrides", ())),
            )
        return {"OperationId": operation.id}

    def _update_stack_instances(self, request: dict[str, Any]) -> dict[str, Any]:
        locations = [
            location for location in self._locations(request) if location in self.instances
        ]
        if not locations:
            raise ApiError("StackInstanceNotFoundException", "no instance", 404)
        known = {p["ParameterKey"] for p in self._require().get("Parameters", ())}
        given = _values(request.get("ParameterOverrides", ()))
        if not set(given) <= known:
            raise ApiError("ValidationError", f"the set does not specify {set(given) - known}")
        operation = self._begin("UPDATE", locations, request)
        for location in locations:
            self.instances[location].status, self.instances[location].detailed = (
                "OUTDATED",
                "PENDING",
            )
        return {"OperationId": operation.id}

    def _delete_stack_instances(self, request: dict[str, Any]) -> dict[str, Any]:
        locations = [
            location for location in self._locations(request) if location in self.instances
        ]
        return {"OperationId": self._begin("DELETE", locations, request).id}

    def _list_stack_instances(self, request: dict[str, Any]) -> dict[str, Any]:
        self._require()
        wanted = request.get("StackInstanceAccount"), request.get("StackInstanceRegion")
        found = [
            self._summary(location, stack)
            for location, stack in self.instances.items()
            if wanted[0] in (None, location.account) and wanted[1] in (None, location.region)
        ]
        return self.cloud.paged(request, "Summaries", found)

    def _summary(self, location: AccountRegion, stack: Stack) -> dict[str, Any]:
        return {
            "Account": location.account,
            "Region": location.region,
            "Status": stack.status,
            **(
                {"StackInstanceStatus": {"DetailedStatus": stack.detailed}}
                if stack.detailed
                else {}
            ),
            "StatusReason": stack.reason,
            "DriftStatus": stack.drift,
            **({"LastOperationId": stack.last_operation} if stack.last_operation else {}),
            "StackId": stack_id(location, self.name),
            **({"OrganizationalUnitId": stack.unit} if stack.unit else {}),
        }

    def _describe_stack_instance(self, request: dict[str, Any]) -> dict[str, Any]:
        location = AccountRegion(request["StackInstanceAccount"], request["StackInstanceRegion"])
        stack = self.instances[location]
        overrides = [
            {"ParameterKey": key, "ParameterValue": value} for key, value in stack.overrides.items()
        ]
        return {
            "StackInstance": {**self._summary(location, stack), "ParameterOverrides": overrides}
        }

    # ------------------------------------------------------------------ operations

    def _begin(
        self, action: str, locations: list[AccountRegion], request: dict[str, Any]
    ) -> FakeOperation:
        """Start, queue, or reject an operation. A known id is rejected, so a retry is safe."""
        if any(operation.id == request["OperationId"] for operation in self.operations):
            raise ApiError("OperationIdAlreadyExistsException", "exists", 409)
        running = [
            operation
            for operation in self.operations
            if operation.status in ("RUNNING", "QUEUED", "STOPPING")
        ]
        managed = self._require().get("ManagedExecution", {}).get("Active", False)
        if running and not managed:
            raise ApiError("OperationInProgressException", f"{running[0].id} is in progress", 409)
        operation = FakeOperation(request["OperationId"], action, locations, request)
        operation.results = dict.fromkeys(locations, ("PENDING", ""))
        if any(set(locations) & set(each.locations) or each.status == "QUEUED" for each in running):
            operation.status = "QUEUED"
        self.operations.append(operation)
        return operation

    def _preferences(self, operation: FakeOperation) -> tuple[int, bool]:
        """Failures that each Region tolerates, and whether Regions run in parallel."""
        found = operation.request.get("OperationPreferences", {})
        accounts = len({location.account for location in operation.locations})
        percent = found.get("FailureTolerancePercentage", 0)
        tolerance = found.get("FailureToleranceCount", accounts * percent // 100)
        return tolerance, found.get("RegionConcurrencyType") == "PARALLEL"

    def _advance(self, operation: FakeOperation) -> None:
        """End some stacks, then the operation if none is pending."""
        if operation.status == "QUEUED":
            ahead = [
                w
                for w in self.operations
                if w is not operation and w.status in ("RUNNING", "STOPPING")
            ]
            operation.status = "QUEUED" if ahead else "RUNNING"
            return
        if operation.status == "STOPPING":
            self._cancel_pending(operation, "stopped by a user")
            operation.status = "STOPPED"
            return
        pending = [
            location for location, (status, _) in operation.results.items() if status == "PENDING"
        ]
        for location in pending[: self.cloud.speed]:
            if operation.results[location][0] == "PENDING":
                self._end(operation, location)
        if not any(status == "PENDING" for status, _ in operation.results.values()):
            canceled = any(status == "CANCELLED" for status, _ in operation.results.values())
            operation.status = "FAILED" if canceled or self._exceeded(operation) else "SUCCEEDED"

    def _exceeded(self, operation: FakeOperation) -> bool:
        tolerance, _ = self._preferences(operation)
        regions = {location.region for location in operation.locations}
        return any(self._failed_in(operation, region) > tolerance for region in regions)

    def _failed_in(self, operation: FakeOperation, region: str) -> int:
        return sum(
            status == "FAILED"
            for location, (status, _) in operation.results.items()
            if location.region == region
        )

    def _end(self, operation: FakeOperation, location: AccountRegion) -> None:
        stack = self.instances.get(location)
        if self.cloud.states.get(location.account, "ACTIVE") != "ACTIVE":
            operation.results[location] = ("SUCCEEDED", "")
            if stack is not None:
                stack.detailed = "SKIPPED_SUSPENDED_ACCOUNT"
            return
        reason = self._failure(operation, location)
        if reason:
            operation.results[location] = ("FAILED", reason)
            if stack is not None:
                stack.detailed, stack.reason = "FAILED", reason
                stack.status = "INOPERABLE" if operation.action == "DELETE" else "OUTDATED"
            if self._exceeded(operation):
                self._cancel_pending(operation, EXCEEDED)
            return
        operation.results[location] = ("SUCCEEDED", "")
        self._done(operation, location, stack)

    def _failure(self, operation: FakeOperation, location: AccountRegion) -> str:
        """Why the stack fails, if it does."""
        reason = self.fails.get(location) or self.cloud.fails.get(location, "")
        if reason or operation.action == "DETECT_DRIFT":
            return reason
        stack = self.instances[location]
        if operation.action == "DELETE":
            lost = set() if operation.request.get("RetainStacks") else stack.exports
        else:
            exports, imports = self._names(stack)
            missing = sorted(imports - self.cloud.exports(location, self.name))
            if missing:
                return NOT_EXPORTED.format(missing[0])
            lost = stack.exports - exports
        users = self.cloud.importers(location, lost)
        return IN_USE.format(sorted(lost)[0], users[0]) if users else ""

    def _names(self, stack: Stack) -> tuple[set[str], set[str]]:
        """What the stack exports and imports with the template that the StackSet has."""
        definition = self._require()
        values = _values(definition.get("Parameters", ())) | stack.overrides
        body = definition["TemplateBody"]
        return exported_names(body, values), imported_names(body, values)

    def _done(self, operation: FakeOperation, location: AccountRegion, stack: Stack | None) -> None:
        assert stack is not None, f"{operation.action} of {location}, which does not exist"
        match operation.action:
            case "DELETE":
                del self.instances[location]
            case "DETECT_DRIFT":
                stack.drift = "DRIFTED" if location in self.cloud.drifts else "IN_SYNC"
            case _:
                if stack.status == "INOPERABLE":
                    return
                if operation.action == "UPDATE" and "ParameterOverrides" in operation.request:
                    stack.overrides = _values(operation.request["ParameterOverrides"])
                stack.status, stack.detailed, stack.reason = "CURRENT", "SUCCEEDED", ""
                stack.version, stack.last_operation = self.version, operation.id
                stack.exports, stack.imports = self._names(stack)

    def _cancel_pending(self, operation: FakeOperation, reason: str) -> None:
        for location, (status, _) in operation.results.items():
            if status == "PENDING":
                operation.results[location] = ("CANCELLED", reason)
                stack = self.instances.get(location)
                if stack is not None and operation.action != "DELETE":
                    stack.detailed, stack.reason = "CANCELLED", reason

    def _operation(self, request: dict[str, Any]) -> FakeOperation:
        for operation in self.operations:
            if operation.id == request["OperationId"]:
                return operation
        raise ApiError("OperationNotFoundException", "no such operation", 404)

    def _operation_summary(self, operation: FakeOperation) -> dict[str, Any]:
        return {
            "OperationId": operation.id,
            "Action": operation.action,
            "Status": operation.status,
            "CreationTimestamp": NOW + timedelta(minutes=self.operations.index(operation)),
            "StatusDetails": {"FailedStackInstancesCount": operation.failed},
        }

    def _describe_stack_set_operation(self, request: dict[str, Any]) -> dict[str, Any]:
        operation = self._operation(request)
        if operation.status in ("RUNNING", "QUEUED", "STOPPING"):
            self._advance(operation)
        return {"StackSetOperation": self._operation_summary(operation)}

    def _list_stack_set_operations(self, request: dict[str, Any]) -> dict[str, Any]:
        self._require()
        return self.cloud.paged(
            request, "Summaries", [self._operation_summary(w) for w in reversed(self.operations)]
        )

    def _list_stack_set_operation_results(self, request: dict[str, Any]) -> dict[str, Any]:
        only = [each["Values"] for each in request.get("Filters", ())]
        found = [
            {
                "Account": location.account,
                "Region": location.region,
                "Status": status,
                "StatusReason": reason,
            }
            for location, (status, reason) in self._operation(request).results.items()
            if not only or status in only
        ]
        return self.cloud.paged(request, "Summaries", found)

    def _stop_stack_set_operation(self, request: dict[str, Any]) -> dict[str, Any]:
        operation = self._operation(request)
        if operation.status not in ("RUNNING", "QUEUED"):
            raise ApiError("InvalidOperationException", "it is not running")
        operation.status = "STOPPING"
        return {}

    def _detect_stack_set_drift(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"OperationId": self._begin("DETECT_DRIFT", list(self.instances), request).id}

    def _list_stack_instance_resource_drifts(self, request: dict[str, Any]) -> dict[str, Any]:
        location = AccountRegion(request["StackInstanceAccount"], request["StackInstanceRegion"])
        return self.cloud.paged(request, "Summaries", self.cloud.drifts.get(location, []))

    # ------------------------------------------------------------------ the rest of AWS

    def exports(self, location: AccountRegion) -> set[str]:
        """What the stack in an account and Region exports."""
        stack = self.instances.get(location)
        return stack.exports if stack else set()

    def imports(self, location: AccountRegion) -> set[str]:
        """What the stack in an account and Region imports."""
        stack = self.instances.get(location)
        return stack.imports if stack else set()

    @property
    def dependencies(self) -> set[str]:
        """The ARNs of the StackSets that automatic deployment deploys first."""
        return set((self.definition or {}).get("AutoDeployment", {}).get("DependsOn", ()))

    def deploys_automatically(self, unit: str) -> bool:
        """Whether it gets a stack in an account that is added to a unit."""
        enabled = (self.definition or {}).get("AutoDeployment", {}).get("Enabled", False)
        return enabled and any(stack.unit == unit for stack in self.instances.values())

    def deploy_automatically(self, account: str, unit: str) -> None:
        """Create the stacks of an account that was added to a unit."""
        regions = dict.fromkeys(location.region for location in self.instances)
        locations = [AccountRegion(account, region) for region in regions]
        id_ = f"auto-{self.name}-{account}"
        operation = FakeOperation(id_, "CREATE", locations, {"OperationId": id_})
        operation.results = dict.fromkeys(locations, ("PENDING", ""))
        self.operations.append(operation)
        for location in locations:
            self.instances[location] = Stack(unit=unit)
            self._end(operation, location)
        operation.status = "FAILED" if operation.failed else "SUCCEEDED"


def _values(entries: Iterable[dict[str, str]]) -> dict[str, str]:
    return {each["ParameterKey"]: each["ParameterValue"] for each in entries}


def stack_id(location: AccountRegion, stack_set: str = "baseline") -> str:
    """The ARN of the stack behind an instance."""
    prefix = f"arn:aws:cloudformation:{location.region}:{location.account}"
    return f"{prefix}:stack/StackSet-{stack_set}/1"


def stack_set_arn(name: str) -> str:
    """StackSetARN of DescribeStackSet."""
    return f"arn:aws:cloudformation:{HOME}:{MANAGER}:stackset/{name}:0"
