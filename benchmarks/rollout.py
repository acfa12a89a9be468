"""
Measure a rollout plan for a large organization: ``python -m benchmarks.rollout``.

In:    a fake organization, which returns pages of the same size as AWS does.
Out:   processor seconds, memory and calls for 10,000 to 85,000 stack instances; exit code 1 if a
       limit is exceeded.
Never: the time that AWS takes. 85,000 stack instances are 850 pages.
"""

import json
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from botocore import xform_name

from benchmarks import PROJECT
from trailbell.aws import organization
from trailbell.aws.client import ServiceClient
from trailbell.aws.stack_set import StackSet
from trailbell.dist.built_templates import BuiltTemplate, load_templates
from trailbell.rollout.configuration.config import Rollout, RolloutConfig
from trailbell.rollout.model.actual_state import ActualState
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.plan import planner
from trailbell.rollout.report import report, serialize

REGIONS = (
    *("eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "us-east-1"),
    *("us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "ap-south-1"),
    *("ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
)
ACCOUNTS = (600, 1_200, 2_500, 5_000)
ORGANIZATIONAL_UNITS = 40
MAX_SECONDS, MAX_MEGABYTES = 5.0, 500
_ACCOUNTS_PER_PAGE, _INSTANCES_PER_PAGE = 20, 100
_OPERATIONS = (
    *("DescribeOrganization", "ListAccountsForParent", "ListOrganizationalUnitsForParent"),
    *("DescribeStackSet", "ListStackInstances", "ListStackSetOperations"),
)


@dataclass
class Organization:
    """Accounts in organizational units. One in 7 has no stack instances, one in 11 is outdated."""

    accounts: int
    template: str
    calls: int = 0
    meta: Any = field(
        default_factory=lambda: SimpleNamespace(
            method_to_api_mapping={xform_name(name): name for name in _OPERATIONS}
        )
    )

    def units(self) -> list[str]:
        """The organizational units, all directly under the root."""
        return [f"ou-ab12-{number:08d}" for number in range(ORGANIZATIONAL_UNITS)]

    def describe_organization(self) -> dict[str, Any]:
        self.calls += 1
        return {"Organization": {"MasterAccountId": "111122223333"}}

    def list_organizational_units_for_parent(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        root = request["ParentId"].startswith("r-")
        return {"OrganizationalUnits": [{"Id": unit} for unit in self.units()] if root else []}

    def list_accounts_for_parent(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        if request["ParentId"].startswith("r-"):
            return {"Accounts": []}
        number = self.units().index(request["ParentId"])
        accounts = range(number, self.accounts, ORGANIZATIONAL_UNITS)
        start = int(request.get("NextToken", 0))
        page = accounts[start : start + _ACCOUNTS_PER_PAGE]
        response: dict[str, Any] = {
            "Accounts": [
                {"Id": f"{n:012d}", "Name": f"account-{n}", "State": "ACTIVE"} for n in page
            ]
        }
        if start + _ACCOUNTS_PER_PAGE < len(accounts):
            response["NextToken"] = str(start + _ACCOUNTS_PER_PAGE)
        return response

    def describe_stack_set(self, **_: Any) -> dict[str, Any]:
        self.calls += 1
        return {
            "StackSet": {
                "StackSetId": "baseline:1",
                "PermissionModel": "SERVICE_MANAGED",
                "TemplateBody": self.template,
            }
        }

    def list_stack_set_operations(self, **_: Any) -> dict[str, Any]:
        self.calls += 1
        return {"Summaries": []}

    def list_stack_instances(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        start = int(request.get("NextToken", 0))
        total = self.accounts * len(REGIONS)
        end = min(start + _INSTANCES_PER_PAGE, total)
        response: dict[str, Any] = {"Summaries": list(self._instances(start, end))}
        if end < total:
            response["NextToken"] = str(end)
        return response

    def _instances(self, start: int, end: int) -> Iterator[dict[str, Any]]:
        for number in range(start, end):
            account, region = divmod(number, len(REGIONS))
            if account % 7 == 0:
                continue
            is_outdated = account % 11 == 0
            yield {
                "Account": f"{account:012d}",
                "Region": REGIONS[region],
                "Status": "OUTDATED" if is_outdated else "CURRENT",
                "StackInstanceStatus": {"DetailedStatus": "FAILED" if is_outdated else "SUCCEEDED"},
                "StatusReason": "no role" if is_outdated else "",
                "OrganizationalUnitId": "r-ab12",
                "StackId": f"arn:aws:cloudformation:{REGIONS[region]}:{account:012d}:stack/x/1",
                "DriftStatus": "NOT_CHECKED",
            }


def build_plan(fake: Organization, template: BuiltTemplate) -> RolloutPlan:
    """Build the plan of ``trailbell rollout plan``, from the first call on."""
    service = ServiceClient(fake)
    rollout = RolloutConfig(
        name="baseline",
        stack=template.stack,
        stack_set_name="baseline",
        organizational_units=("r-ab12",),
        regions=REGIONS,
    )
    accounts = organization.read_organization(
        service, rollout.organizational_units, (), organization.management_account_id(service)
    )
    stack_set = StackSet(service, "baseline")
    actual = ActualState(
        definition=stack_set.definition(),
        instances=tuple(stack_set.instances()),
        running_operations=stack_set.running_operations(),
    )
    return planner.plan_rollout(
        Rollout(stack_sets=(rollout,)),
        {template.stack: template},
        accounts,
        {template.stack: actual},
        account_id="111122223333",
    )


def main() -> int:
    """Measure, and print a line for each size."""
    (template,) = load_templates(PROJECT / "dist", ["security-alerts"])
    rates = []
    duration = 0.0
    for accounts in ACCOUNTS:
        fake = Organization(accounts, json.dumps({"Resources": {}}))
        start = time.process_time()
        plan = build_plan(fake, template)
        text = report.to_text(plan)
        duration = time.process_time() - start
        serialize.plan_to_json(plan)
        instances = len(plan.instances)
        rates.append(duration / instances * 1e6)
        print(
            f"{accounts:>6,} accounts  {instances:>7,} instances"
            f"  {duration:6.2f} s  {rates[-1]:5.1f} µs per instance"
            f"  {fake.calls:,} calls  {sum(len(s.operations) for s in plan.stages)} operations"
            f"  {len(text.splitlines())} lines"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB, of {MAX_MEGABYTES}; {duration:.2f} s, of {MAX_SECONDS:.0f}")
    return 0 if duration < MAX_SECONDS and peak < MAX_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
