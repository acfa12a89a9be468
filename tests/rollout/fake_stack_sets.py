"""
An organization with stack sets, as the documentation tells them.

In:    calls.
Out:   answers; what there is afterwards, and every request in `Cloud.record`.
Never: kindness. It refuses what AWS refuses: two operations at once, a delegated administrator
       without CallAs, accounts where only units count, AutoDeployment beside targets.

Operations go on when they are looked at: each DescribeStackSetOperation ends ``speed`` stacks.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore import xform_name

from tests.fake_aws import ApiError, ScriptedAccount
from tests.rollout.fake_organizations import MANAGER, Tree
from tests.rollout.fake_stacks import Stacks
from trailbell.aws.client import SessionConfig
from trailbell.aws.stack_set import AccountRegion

HOME = "eu-central-1"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
EXCEEDED = "Cancelled since failure tolerance has exceeded"


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Stack:
    """An instance, and the stack behind it. ``made_of`` is the definition it was made from."""

    status: str = "OUTDATED"
    detailed: str = "PENDING"
    reason: str = ""
    unit: str = ""
    overrides: dict[str, str] = field(default_factory=dict)
    made_of: str = ""
    drift: str = "NOT_CHECKED"


@dataclass
class Work:
    """An operation."""

    id: str
    action: str
    pairs: list[AccountRegion]
    request: dict[str, Any]
    status: str = "RUNNING"
    results: dict[AccountRegion, tuple[str, str]] = field(default_factory=dict)
    conflicts: bool = False

    @property
    def failed(self) -> int:
        return sum(status == "FAILED" for status, _ in self.results.values())


@dataclass
class Cloud(Tree):
    """Everything that AWS knows. Tests write into it and read from it.

    ``fails`` maps a pair to a reason for which it fails, ``kill`` is the number of a call that
    kills the process (before it is heard if negative), ``refusals`` are raised one by one by the
    operation they are for.
    """

    caller: str = MANAGER
    speed: int = 4
    defined: dict[str, Any] | None = None
    version: str = ""
    instances: dict[AccountRegion, Stack] = field(default_factory=dict)
    works: list[Work] = field(default_factory=list)
    fails: dict[AccountRegion, str] = field(default_factory=dict)
    refusals: list[tuple[str, ApiError]] = field(default_factory=list)
    drifts: dict[AccountRegion, list[dict[str, Any]]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    kill: int = 0
    record: list[tuple[str, str, dict[str, Any], str, str]] = field(default_factory=list)
    stacks: Stacks = field(default_factory=Stacks)
    counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # ------------------------------------------------------------------ the way in

    def open(self, login: SessionConfig) -> ScriptedAccount:
        """Sign in: as the caller, or as a role in another account."""
        account = login.role.split(":")[4] if login.role else self.caller
        if account in self.closed:
            return ScriptedAccount(self._denied, login, account, HOME)
        return ScriptedAccount(self.answer, login, account, HOME)

    def _denied(self, *_: Any) -> dict[str, Any]:
        raise ApiError("AccessDenied", "not authorized to perform sts:AssumeRole", 403)

    def answer(
        self, service: str, operation: str, request: dict[str, Any], account: str, region: str
    ) -> dict[str, Any]:
        self.record.append((service, operation, request, account, region))
        if self.kill and len(self.record) == -self.kill:
            raise Killed
        for each in self.refusals:
            if each[0] == operation:
                self.refusals.remove(each)
                raise each[1]
        number = len(self.record)
        try:
            return self._found(service, operation, dict(request), account, region)
        finally:
            if self.kill and number == self.kill:
                raise Killed

    def _found(
        self, service: str, operation: str, request: dict[str, Any], account: str, region: str
    ) -> dict[str, Any]:
        if service == "cloudformation" and "StackSetName" not in request:
            return self.stacks.answer(operation, request, account, region)
        if "StackSetName" in request:
            request.pop("StackSetName")
            self._as_whom(account, request.pop("CallAs", "SELF"))
        method = getattr(self, f"_{xform_name(operation)}")
        found: dict[str, Any] = method(request)
        return found

    def _as_whom(self, account: str, call_as: str) -> None:
        """Without CallAs a delegated administrator looks among its own sets, and finds none."""
        model = (self.defined or {}).get("PermissionModel", "SERVICE_MANAGED")
        if model == "SERVICE_MANAGED" and (account != MANAGER) != (call_as == "DELEGATED_ADMIN"):
            raise ApiError("StackSetNotFoundException", "StackSet not found", 404)

    def calls(self, *operations: str) -> list[dict[str, Any]]:
        """The requests of these operations, in their order."""
        return [request for _, name, request, _, _ in self.record if name in operations]

    # ------------------------------------------------------------------ sets

    def _there(self) -> dict[str, Any]:
        if self.defined is None:
            raise ApiError("StackSetNotFoundException", "StackSet not found", 404)
        return self.defined

    def _create_stack_set(self, request: dict[str, Any]) -> dict[str, Any]:
        if self.defined is not None:
            raise ApiError("NameAlreadyExistsException", "Stack Set already exists", 409)
        request.pop("ClientRequestToken")
        self.defined = request
        self._define()
        return {"StackSetId": "baseline:0"}

    def _define(self) -> None:
        """Stacks are of the version whose template, parameters and tags they were made with."""
        has = self._there()
        parts = [has.get(key) for key in ("TemplateBody", "Parameters", "Tags")]
        self.version = repr(parts)

    def _describe_stack_set(self, _: dict[str, Any]) -> dict[str, Any]:
        has = dict(self._there())
        return {"StackSet": {"StackSetName": "baseline", "StackSetId": "baseline:0", **has}}

    def _update_stack_set(self, request: dict[str, Any]) -> dict[str, Any]:
        has = self._there()
        targeted = any(key in request for key in ("DeploymentTargets", "Accounts", "Regions"))
        if "AutoDeployment" in request and targeted:
            raise ApiError(
                "ValidationError", "AutoDeployment excludes DeploymentTargets and Regions"
            )
        pairs = self._pairs(request) if targeted else list(self.instances)
        missing = [pair for pair in pairs if pair not in self.instances]
        if missing:
            raise ApiError("StackInstanceNotFoundException", f"{missing[0]}", 404)
        kept = {p["ParameterKey"]: p for p in has.get("Parameters", ())}
        work = self._begin("UPDATE", pairs, request)
        for key in ("TemplateBody", "Description", "Capabilities", "Tags", "AutoDeployment",
                    "ManagedExecution", "AdministrationRoleARN", "ExecutionRoleName"):  # fmt: skip
            if key in request:
                has[key] = request[key]
        has["Parameters"] = [
            kept[p["ParameterKey"]] if p.get("UsePreviousValue") else p
            for p in request.get("Parameters", ())
        ]
        before = self.version
        self._define()
        if "TemplateBody" in request or self.version != before:
            for stack in self.instances.values():
                if stack.status == "CURRENT":
                    stack.status, stack.detailed = "OUTDATED", "PENDING"
        return {"OperationId": work.id}

    def _delete_stack_set(self, _: dict[str, Any]) -> dict[str, Any]:
        self._there()
        if self.instances:
            raise ApiError("StackSetNotEmptyException", "StackSet is not empty", 409)
        self.defined = None
        return {}

    # ------------------------------------------------------------------ instances

    def _pairs(self, request: dict[str, Any]) -> list[AccountRegion]:
        """Whom a call reaches, in the order in which AWS works on them."""
        regions = request["Regions"]
        accounts = self._reached(request)
        return [AccountRegion(account, region) for region in regions for account in accounts]

    def _reached(self, request: dict[str, Any]) -> list[str]:
        service = self._there().get("PermissionModel") == "SERVICE_MANAGED"
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
        """Accounts that are there now, and those whose stacks were made by this unit."""
        made = [pair.account for pair, stack in self.instances.items() if stack.unit == unit]
        return dict.fromkeys((*self.below(unit), *made))

    def _unit(self, request: dict[str, Any], account: str) -> str:
        units: list[str] = request.get("DeploymentTargets", {}).get("OrganizationalUnitIds", [])
        return next((unit for unit in units if account in self.below(unit)), "")

    def _create_stack_instances(self, request: dict[str, Any]) -> dict[str, Any]:
        pairs = self._pairs(request)
        twice = [pair for pair in pairs if pair in self.instances]
        assert not twice, f"made twice: {twice}"
        work = self._begin("CREATE", pairs, request)
        for pair in pairs:
            self.instances[pair] = Stack(
                unit=self._unit(request, pair.account),
                overrides=_values(request.get("ParameterOverrides", ())),
            )
        return {"OperationId": work.id}

    def _update_stack_instances(self, request: dict[str, Any]) -> dict[str, Any]:
        pairs = [pair for pair in self._pairs(request) if pair in self.instances]
        if not pairs:
            raise ApiError("StackInstanceNotFoundException", "no instance", 404)
        known = {p["ParameterKey"] for p in self._there().get("Parameters", ())}
        given = _values(request.get("ParameterOverrides", ()))
        if not set(given) <= known:
            raise ApiError("ValidationError", f"the set does not specify {set(given) - known}")
        work = self._begin("UPDATE", pairs, request)
        for pair in pairs:
            self.instances[pair].status, self.instances[pair].detailed = "OUTDATED", "PENDING"
        return {"OperationId": work.id}

    def _delete_stack_instances(self, request: dict[str, Any]) -> dict[str, Any]:
        pairs = [pair for pair in self._pairs(request) if pair in self.instances]
        return {"OperationId": self._begin("DELETE", pairs, request).id}

    def _list_stack_instances(self, request: dict[str, Any]) -> dict[str, Any]:
        self._there()
        wanted = request.get("StackInstanceAccount"), request.get("StackInstanceRegion")
        found = [
            self._summary(pair, stack)
            for pair, stack in self.instances.items()
            if wanted[0] in (None, pair.account) and wanted[1] in (None, pair.region)
        ]
        return self._paged(request, "Summaries", found)

    def _summary(self, pair: AccountRegion, stack: Stack) -> dict[str, Any]:
        return {
            "Account": pair.account,
            "Region": pair.region,
            "Status": stack.status,
            **(
                {"StackInstanceStatus": {"DetailedStatus": stack.detailed}}
                if stack.detailed
                else {}
            ),
            "StatusReason": stack.reason,
            "DriftStatus": stack.drift,
            "StackId": stack_id(pair),
            **({"OrganizationalUnitId": stack.unit} if stack.unit else {}),
        }

    def _describe_stack_instance(self, request: dict[str, Any]) -> dict[str, Any]:
        pair = AccountRegion(request["StackInstanceAccount"], request["StackInstanceRegion"])
        stack = self.instances[pair]
        overrides = [
            {"ParameterKey": key, "ParameterValue": value} for key, value in stack.overrides.items()
        ]
        return {"StackInstance": {**self._summary(pair, stack), "ParameterOverrides": overrides}}

    # ------------------------------------------------------------------ operations

    def _begin(self, action: str, pairs: list[AccountRegion], request: dict[str, Any]) -> Work:
        """Begin, queue, or refuse. An id that is known is refused: that is what makes it safe."""
        if any(work.id == request["OperationId"] for work in self.works):
            raise ApiError("OperationIdAlreadyExistsException", "exists", 409)
        busy = [work for work in self.works if work.status in ("RUNNING", "QUEUED", "STOPPING")]
        managed = self._there().get("ManagedExecution", {}).get("Active", False)
        if busy and not managed:
            raise ApiError("OperationInProgressException", f"{busy[0].id} is in progress", 409)
        work = Work(request["OperationId"], action, pairs, request)
        work.results = dict.fromkeys(pairs, ("PENDING", ""))
        if any(set(pairs) & set(each.pairs) or each.status == "QUEUED" for each in busy):
            work.status = "QUEUED"
        self.works.append(work)
        return work

    def _preferences(self, work: Work) -> tuple[int, bool]:
        """Failures a Region may have, and whether Regions run at once."""
        found = work.request.get("OperationPreferences", {})
        accounts = len({pair.account for pair in work.pairs})
        percent = found.get("FailureTolerancePercentage", 0)
        tolerance = found.get("FailureToleranceCount", accounts * percent // 100)
        return tolerance, found.get("RegionConcurrencyType") == "PARALLEL"

    def _advance(self, work: Work) -> None:
        """End some stacks, then the operation if none is left."""
        if work.status == "QUEUED":
            ahead = [w for w in self.works if w is not work and w.status in ("RUNNING", "STOPPING")]
            work.status = "QUEUED" if ahead else "RUNNING"
            return
        if work.status == "STOPPING":
            self._give_up(work, "stopped by a user")
            work.status = "STOPPED"
            return
        left = [pair for pair, (status, _) in work.results.items() if status == "PENDING"]
        for pair in left[: self.speed]:
            if work.results[pair][0] == "PENDING":
                self._end(work, pair)
        if not any(status == "PENDING" for status, _ in work.results.values()):
            gave_up = any(status == "CANCELLED" for status, _ in work.results.values())
            work.status = "FAILED" if gave_up or self._exceeded(work) else "SUCCEEDED"

    def _exceeded(self, work: Work) -> bool:
        tolerance, _ = self._preferences(work)
        regions = {pair.region for pair in work.pairs}
        return any(self._failed_in(work, region) > tolerance for region in regions)

    def _failed_in(self, work: Work, region: str) -> int:
        return sum(
            status == "FAILED"
            for pair, (status, _) in work.results.items()
            if pair.region == region
        )

    def _end(self, work: Work, pair: AccountRegion) -> None:
        stack = self.instances.get(pair)
        if self.states.get(pair.account, "ACTIVE") != "ACTIVE":
            work.results[pair] = ("SUCCEEDED", "")
            if stack is not None:
                stack.detailed = "SKIPPED_SUSPENDED_ACCOUNT"
            return
        if pair in self.fails:
            work.results[pair] = ("FAILED", self.fails[pair])
            if stack is not None:
                stack.detailed, stack.reason = "FAILED", self.fails[pair]
                stack.status = "INOPERABLE" if work.action == "DELETE" else "OUTDATED"
            if self._exceeded(work):
                self._give_up(work, EXCEEDED)
            return
        work.results[pair] = ("SUCCEEDED", "")
        self._done(work, pair, stack)

    def _done(self, work: Work, pair: AccountRegion, stack: Stack | None) -> None:
        assert stack is not None, f"{work.action} of {pair}, which is not there"
        match work.action:
            case "DELETE":
                del self.instances[pair]
            case "DETECT_DRIFT":
                stack.drift = "DRIFTED" if pair in self.drifts else "IN_SYNC"
            case _:
                if stack.status == "INOPERABLE":
                    return
                if work.action == "UPDATE" and "ParameterOverrides" in work.request:
                    stack.overrides = _values(work.request["ParameterOverrides"])
                stack.status, stack.detailed, stack.reason = "CURRENT", "SUCCEEDED", ""
                stack.made_of = self.version

    def _give_up(self, work: Work, why: str) -> None:
        for pair, (status, _) in work.results.items():
            if status == "PENDING":
                work.results[pair] = ("CANCELLED", why)
                stack = self.instances.get(pair)
                if stack is not None and work.action != "DELETE":
                    stack.detailed, stack.reason = "CANCELLED", why

    def _work(self, request: dict[str, Any]) -> Work:
        for work in self.works:
            if work.id == request["OperationId"]:
                return work
        raise ApiError("OperationNotFoundException", "no such operation", 404)

    def _told(self, work: Work) -> dict[str, Any]:
        return {
            "OperationId": work.id,
            "Action": work.action,
            "Status": work.status,
            "CreationTimestamp": NOW + timedelta(minutes=self.works.index(work)),
            "StatusDetails": {"FailedStackInstancesCount": work.failed},
        }

    def _describe_stack_set_operation(self, request: dict[str, Any]) -> dict[str, Any]:
        work = self._work(request)
        if work.status in ("RUNNING", "QUEUED", "STOPPING"):
            self._advance(work)
        return {"StackSetOperation": self._told(work)}

    def _list_stack_set_operations(self, request: dict[str, Any]) -> dict[str, Any]:
        self._there()
        return self._paged(request, "Summaries", [self._told(w) for w in reversed(self.works)])

    def _list_stack_set_operation_results(self, request: dict[str, Any]) -> dict[str, Any]:
        only = [each["Values"] for each in request.get("Filters", ())]
        found = [
            {"Account": pair.account, "Region": pair.region, "Status": status, "StatusReason": why}
            for pair, (status, why) in self._work(request).results.items()
            if not only or status in only
        ]
        return self._paged(request, "Summaries", found)

    def _stop_stack_set_operation(self, request: dict[str, Any]) -> dict[str, Any]:
        work = self._work(request)
        if work.status not in ("RUNNING", "QUEUED"):
            raise ApiError("InvalidOperationException", "it is not running")
        work.status = "STOPPING"
        return {}

    def _detect_stack_set_drift(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"OperationId": self._begin("DETECT_DRIFT", list(self.instances), request).id}

    def _list_stack_instance_resource_drifts(self, request: dict[str, Any]) -> dict[str, Any]:
        pair = AccountRegion(request["StackInstanceAccount"], request["StackInstanceRegion"])
        return self._paged(request, "Summaries", self.drifts.get(pair, []))


def _values(entries: Iterable[dict[str, str]]) -> dict[str, str]:
    return {each["ParameterKey"]: each["ParameterValue"] for each in entries}


def stack_id(pair: AccountRegion) -> str:
    """The ARN of the stack behind an instance."""
    return f"arn:aws:cloudformation:{pair.region}:{pair.account}:stack/StackSet-baseline/1"
