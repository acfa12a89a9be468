"""
An organization with StackSets, as the documentation describes them.

In:    calls.
Out:   responses; the resulting state, and every request in `Cloud.record`.
Never: leniency. It rejects a delegated administrator without CallAs; `FakeStackSet` rejects the
       rest that AWS rejects.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore import xform_name

from tests.fake_aws import ApiError, ScriptedAccount
from tests.rollout.fake_organizations import MANAGER, Tree
from tests.rollout.fake_stack_set import (
    EXCEEDED,
    HOME,
    NOW,
    FakeOperation,
    FakeStackSet,
    Stack,
    stack_id,
    stack_set_arn,
)
from tests.rollout.fake_stacks import Stacks
from trailbell.aws.client import SessionConfig
from trailbell.aws.stack_set import AccountRegion

__all__ = [
    "EXCEEDED",
    "NOW",
    "Cloud",
    "FakeOperation",
    "FakeStackSet",
    "Killed",
    "Stack",
    "stack_id",
]


class Killed(BaseException):
    """The process was killed."""


@dataclass
class Cloud(Tree):
    """The state of AWS. Tests write it and read it.

    ``sets`` has the StackSets by name; ``definition``, ``version``, ``instances`` and
    ``operations`` are those of the one called baseline. ``exported`` has what other stacks export
    in an account and Region. ``fails`` maps a location to the reason for which it fails in every
    StackSet. ``kill`` is the number of the call that kills the process, before AWS handles it if
    negative. ``refusals`` are errors that the named API operations raise, one by one. ``regions``
    has the RegionOptStatus of the Regions of the caller's account.
    """

    caller: str = MANAGER
    speed: int = 4
    fails: dict[AccountRegion, str] = field(default_factory=dict)
    refusals: list[tuple[str, ApiError]] = field(default_factory=list)
    drifts: dict[AccountRegion, list[dict[str, Any]]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    regions: dict[str, str] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)
    kill: int = 0
    reaches_moved: bool = True
    record: list[tuple[str, str, dict[str, Any], str, str]] = field(default_factory=list)
    stacks: Stacks = field(default_factory=Stacks)
    sets: dict[str, FakeStackSet] = field(default_factory=dict)
    exported: dict[AccountRegion, set[str]] = field(default_factory=dict)
    counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # ------------------------------------------------------------------ sessions and dispatch

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
            return self._dispatch(service, operation, dict(request), account, region)
        finally:
            if self.kill and number == self.kill:
                raise Killed

    def _dispatch(
        self, service: str, operation: str, request: dict[str, Any], account: str, region: str
    ) -> dict[str, Any]:
        if operation == "ListStackSets":
            return self._list_stack_sets(request)
        if operation == "ListExports":
            return self._list_exports(request, AccountRegion(account, region))
        if service == "cloudformation" and "StackSetName" not in request:
            return self.stacks.answer(operation, request, account, region)
        if "StackSetName" in request:
            stack_set = self.stack_set(request.pop("StackSetName"))
            self._check_caller(stack_set, account, request.pop("CallAs", "SELF"))
            return stack_set.answer(operation, request)
        method = getattr(self, f"_{xform_name(operation)}")
        found: dict[str, Any] = method(request)
        return found

    def _check_caller(self, stack_set: FakeStackSet, account: str, call_as: str) -> None:
        """Without CallAs, a delegated administrator sees only its own StackSets, and has none."""
        model = (stack_set.definition or {}).get("PermissionModel", "SERVICE_MANAGED")
        if model == "SERVICE_MANAGED" and (account != MANAGER) != (call_as == "DELEGATED_ADMIN"):
            raise ApiError("StackSetNotFoundException", "StackSet not found", 404)

    def _list_regions(self, _: dict[str, Any]) -> dict[str, Any]:
        """https://docs.aws.amazon.com/accounts/latest/APIReference/API_ListRegions.html"""
        entries = self.regions.items()
        return {"Regions": [{"RegionName": n, "RegionOptStatus": s} for n, s in entries]}

    def requests(self, *operations: str) -> list[dict[str, Any]]:
        """The requests of these operations, in their order."""
        return [request for _, name, request, _, _ in self.record if name in operations]

    # ------------------------------------------------------------------ the StackSets

    def stack_set(self, name: str) -> FakeStackSet:
        """The StackSet of this name, whether or not it was created."""
        return self.sets.setdefault(name, FakeStackSet(name, self))

    @property
    def definition(self) -> dict[str, Any] | None:
        return self.stack_set("baseline").definition

    @definition.setter
    def definition(self, definition: dict[str, Any] | None) -> None:
        self.stack_set("baseline").definition = definition

    @property
    def version(self) -> str:
        return self.stack_set("baseline").version

    @property
    def instances(self) -> dict[AccountRegion, Stack]:
        return self.stack_set("baseline").instances

    @property
    def operations(self) -> list[FakeOperation]:
        return self.stack_set("baseline").operations

    def stack_set_arns(self) -> set[str]:
        return {stack_set_arn(n) for n, each in self.sets.items() if each.definition is not None}

    def join(self, account: str, unit: str) -> None:
        """An account is added to a unit, and automatic deployment follows.

        "When auto-deployment is triggered, operations will be sequenced to ensure all dependencies
        complete successfully before this StackSet's operation begins." (AutoDeployment.DependsOn)
        """
        self.units[unit].append(account)
        remaining = [each for each in self.sets.values() if each.deploys_automatically(unit)]
        done = self.stack_set_arns() - {stack_set_arn(each.name) for each in remaining}
        while remaining:
            each = next(s for s in remaining if s.dependencies <= done)
            each.deploy_automatically(account, unit)
            remaining.remove(each)
            done.add(stack_set_arn(each.name))

    # ------------------------------------------------------------------ exports

    def exports(self, location: AccountRegion, but: str = "") -> set[str]:
        """The names that stacks export in an account and Region, without those of a StackSet."""
        names = {*self.exported.get(location, ()), *self.stacks.exports(*location)}
        return names.union(*(s.exports(location) for n, s in self.sets.items() if n != but))

    def importers(self, location: AccountRegion, names: set[str]) -> list[str]:
        """The StackSets that import one of these names in an account and Region."""
        return [n for n, each in self.sets.items() if each.imports(location) & names]

    def _list_stack_sets(self, request: dict[str, Any]) -> dict[str, Any]:
        """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackSets.html"""
        names = [n for n, each in sorted(self.sets.items()) if each.definition is not None]
        summaries = [{"StackSetName": name, "Status": "ACTIVE"} for name in names]
        return self.paged(request, "Summaries", summaries)

    def _list_exports(self, request: dict[str, Any], location: AccountRegion) -> dict[str, Any]:
        """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListExports.html"""
        names = [{"Name": name, "Value": "x"} for name in sorted(self.exports(location))]
        return self.paged(request, "Exports", names)
