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
from trailbell.aws.stack_set import Pair, Result
from trailbell.aws.waiter import Pace
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.rollout import apply, planner, settings, stack_set_definition
from trailbell.rollout.apply import Run
from trailbell.rollout.config import Rollout
from trailbell.rollout.follow import settle
from trailbell.rollout.plan import Call, Kind, Plan
from trailbell.rollout.planner import Wishes
from trailbell.rollout.session import Office, actual, office, read_organization
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


def rollout(text: str = SERVICE, name: str = "baseline") -> Rollout:
    """A rollout from its settings."""
    table = Table("trailbell.toml", "", tomllib.loads(text))
    return settings.rollout(table, name, ["alerts", "trail"])


@dataclass
class Recorder:
    """A voice that keeps what it hears. ``answer`` is what a person says to a plan."""

    answer: bool = True
    said: list[str] = field(default_factory=list)
    heard: list[Progress] = field(default_factory=list)
    ended: list[Result] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)

    def progress(self, progress: Progress, fresh: tuple[Result, ...]) -> None:
        self.heard.append(progress)
        self.ended += fresh

    def confirm(self, plan: Plan) -> bool:  # noqa: ARG002 - the protocol's signature
        return self.answer


def desk(cloud_: Cloud, found: Rollout) -> Office:
    """Signed in, and not waiting; a second passes with each look at the clock."""
    ticks = itertools.count()
    pace = Pace(shortest=0.0, longest=0.0, limit=1e9, now=lambda: float(next(ticks)))
    return office(found, cloud_.open, pace)


def planned(
    cloud_: Cloud,
    text: str = SERVICE,
    template: BuiltTemplate | None = None,
    wishes: Wishes | None = None,
    *,
    deep: bool = False,
) -> Plan:
    """The plan of a rollout as things stand."""
    found, wanted = rollout(text), template or source()
    stack_set_definition.check(found, wanted)
    here = desk(cloud_, found)
    organization = read_organization(here)
    there = actual(here, organization, wanted, deep=deep)
    return planner.plan(found, wanted, organization, there, account=cloud_.caller, wishes=wishes)


def applied(
    cloud_: Cloud,
    text: str = SERVICE,
    template: BuiltTemplate | None = None,
    wishes: Wishes | None = None,
    voice: Recorder | None = None,
) -> Run:
    """A rollout, applied as ``build.py rollout apply`` does."""
    found, wanted, heard = rollout(text), template or source(), voice or Recorder()
    here = desk(cloud_, found)
    settle(here, heard)
    return apply.drive(here, planned(cloud_, text, wanted, wishes), wanted, heard)


def kinds(plan: Plan) -> dict[Pair, Kind]:
    """What happens to each pair."""
    return {cell.pair: cell.kind for cell in plan.cells}


def calls(plan: Plan) -> list[Call]:
    """All calls, in their order."""
    return [call for stage in plan.stages for call in stage.calls]


def stands(cloud_: Cloud) -> dict[Pair, bool]:
    """Each stack, and whether it is made from what the set now says."""
    return {
        pair: stack.status == "CURRENT" and stack.made_of == cloud_.version
        for pair, stack in cloud_.instances.items()
    }


def everywhere(*accounts: str) -> dict[Pair, bool]:
    """These accounts in all Regions, all current."""
    return {Pair(each, region): True for each in accounts for region in REGIONS}


def without(text: str, key: str) -> str:
    """Settings without a line."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(f"{key} ="))
