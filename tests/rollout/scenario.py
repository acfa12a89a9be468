"""
A small organization, a template, and rollouts over them: what the tests stand on.

In:    settings as they stand in ``trailbell.toml``.
Out:   plans and runs over a `Cloud`; a `Recorder` that heard all that was said.
"""

import hashlib
import itertools
import json
import tomllib
from dataclasses import dataclass, field
from typing import Any

from tests.rollout.fake_organizations import MANAGER, ROOT
from tests.rollout.fake_stack_sets import Cloud
from trailbell.aws.stack_set import AccountRegion, InstanceResult
from trailbell.aws.waiter import Poller
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.rollout import apply, planner, settings, stack_set_definition
from trailbell.rollout.apply import RolloutResult
from trailbell.rollout.config import RolloutConfig
from trailbell.rollout.follow import wait_for_running_operations
from trailbell.rollout.plan import InstanceAction, PlannedOperation, RolloutPlan
from trailbell.rollout.planner import RolloutOptions
from trailbell.rollout.session import (
    RolloutSession,
    open_session,
    read_actual_state,
    read_organization,
)
from trailbell.rollout.ui import Progress
from trailbell.settings import Table

REGIONS = ("eu-central-1", "us-east-1", "ap-southeast-2")
PROD, TEST, DEEP = "ou-ab12-00000001", "ou-ab12-00000002", "ou-ab12-00000003"


def account(number: int) -> str:
    """A made-up account."""
    return f"{number:012d}"


A, B, C, D, E = (account(n) for n in range(1, 6))


def cloud(**more: Any) -> Cloud:
    """Five accounts: A and B in production, C below it, D and E in test; and the management one."""
    return Cloud(
        units={ROOT: [MANAGER], PROD: [A, B], DEEP: [C], TEST: [D, E]},
        children={ROOT: [PROD, TEST], PROD: [DEEP]},
        **more,
    )


def source(alarms: int = 1, **parameters: dict[str, Any]) -> BuiltTemplate:
    """A template. Another number of topics is another version of it."""
    text = json.dumps(
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": {"Email": {"Type": "String", "Default": ""}, **parameters},
            "Resources": {f"Topic{n}": {"Type": "AWS::SNS::Topic"} for n in range(alarms)},
        },
        indent=1,
    )
    return BuiltTemplate(
        stack="alerts",
        text=text,
        document=parse_document(text, "alerts.json"),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


BASE = """
[rollout.baseline]
stack = "alerts"
set = "baseline"
region = "eu-central-1"
regions = ["eu-central-1", "us-east-1", "ap-southeast-2"]
max_concurrent = 3
failure_tolerance = 0
concurrency_mode = "soft"
"""
SERVICE = BASE + f'organizational_units = ["{PROD}", "{TEST}"]\n'
SELF = BASE + f'permissions = "self-managed"\naccounts = ["{A}", "{B}", "{C}"]\n'


def rollout(text: str = SERVICE, name: str = "baseline") -> RolloutConfig:
    """A rollout from its settings."""
    table = Table("trailbell.toml", "", tomllib.loads(text))
    return settings.read_rollout(table, name, ["alerts", "trail"])


@dataclass
class Recorder:
    """A voice that keeps what it hears. ``answer`` is what a person says to a plan."""

    answer: bool = True
    said: list[str] = field(default_factory=list)
    heard: list[Progress] = field(default_factory=list)
    ended: list[InstanceResult] = field(default_factory=list)

    def info(self, text: str) -> None:
        self.said.append(text)

    def show_progress(self, progress: Progress, fresh: tuple[InstanceResult, ...]) -> None:
        self.heard.append(progress)
        self.ended += fresh

    def confirm(self, plan: RolloutPlan) -> bool:  # noqa: ARG002 - the protocol's signature
        return self.answer


def desk(cloud_: Cloud, found: RolloutConfig) -> RolloutSession:
    """Signed in, and not waiting; a second passes with each look at the clock."""
    ticks = itertools.count()
    pace = Poller(shortest=0.0, longest=0.0, limit=1e9, now=lambda: float(next(ticks)))
    return open_session(found, cloud_.open, pace)


def planned(
    cloud_: Cloud,
    text: str = SERVICE,
    template: BuiltTemplate | None = None,
    wishes: RolloutOptions | None = None,
    *,
    deep: bool = False,
) -> RolloutPlan:
    """The plan of a rollout as things stand."""
    found, wanted = rollout(text), template or source()
    stack_set_definition.validate_for_stack_set(found, wanted)
    here = desk(cloud_, found)
    organization = read_organization(here)
    there = read_actual_state(here, organization, wanted, deep=deep)
    return planner.plan_rollout(
        found, wanted, organization, there, account=cloud_.caller, wishes=wishes
    )


def applied(
    cloud_: Cloud,
    text: str = SERVICE,
    template: BuiltTemplate | None = None,
    wishes: RolloutOptions | None = None,
    voice: Recorder | None = None,
) -> RolloutResult:
    """A rollout, applied as ``build.py rollout apply`` does."""
    found, wanted, heard = rollout(text), template or source(), voice or Recorder()
    here = desk(cloud_, found)
    wait_for_running_operations(here, heard)
    return apply.apply_plan(here, planned(cloud_, text, wanted, wishes), wanted, heard)


def kinds(plan: RolloutPlan) -> dict[AccountRegion, InstanceAction]:
    """What happens to each pair."""
    return {cell.location: cell.kind for cell in plan.cells}


def calls(plan: RolloutPlan) -> list[PlannedOperation]:
    """All calls, in their order."""
    return [call for stage in plan.stages for call in stage.calls]


def stands(cloud_: Cloud) -> dict[AccountRegion, bool]:
    """Each stack, and whether it is made from what the set now says."""
    return {
        pair: stack.status == "CURRENT" and stack.made_of == cloud_.version
        for pair, stack in cloud_.instances.items()
    }


def everywhere(*accounts: str) -> dict[AccountRegion, bool]:
    """These accounts in all Regions, all current."""
    return {AccountRegion(each, region): True for each in accounts for region in REGIONS}


def without(text: str, key: str) -> str:
    """Settings without a line."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(f"{key} ="))
