"""
A small organization, a template, and rollouts of it, for the tests.

In:    settings as in ``trailbell.toml``.
Out:   plans and results over a `Cloud`; a `Recorder` of all output.
"""

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.rollout.fake_organizations import MANAGER, ROOT
from tests.rollout.fake_stack_sets import Cloud
from trailbell.aws.stack_set import AccountRegion, InstanceResult
from trailbell.aws.waiter import Poller
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.rollout.apply import apply
from trailbell.rollout.apply.result import NextCommand, NextCommands, RolloutResult, StageStatus
from trailbell.rollout.apply.stack_set_guard import read_known_operations
from trailbell.rollout.apply.ui import Progress
from trailbell.rollout.configuration import contradictions, settings
from trailbell.rollout.configuration.config import Rollout, RolloutConfig
from trailbell.rollout.configuration.stack_order import with_templates
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.model.stage import InstanceAction, PlannedOperation, StackSetApi
from trailbell.rollout.plan import planner, stack_set_definition
from trailbell.rollout.plan.planner import RolloutOptions
from trailbell.rollout.session import (
    RolloutSession,
    Sessions,
    open_session,
    open_sessions,
    read_rollout,
)
from trailbell.settings import parse

REGIONS = ("eu-central-1", "us-east-1", "ap-southeast-2")
PROD, TEST, DEEP = "ou-ab12-00000001", "ou-ab12-00000002", "ou-ab12-00000003"


def account(number: int) -> str:
    """A made-up account."""
    return f"{number:012d}"


A, B, C, D, E = (account(n) for n in range(1, 6))


def new_cloud(**more: Any) -> Cloud:
    """Accounts A and B in production, C below it, D and E in test; and the management account."""
    return Cloud(
        units={ROOT: [MANAGER], PROD: [A, B], DEEP: [C], TEST: [D, E]},
        children={ROOT: [PROD, TEST], PROD: [DEEP]},
        **more,
    )


def built_template(topics: int = 1, **parameters: dict[str, Any]) -> BuiltTemplate:
    """A template. Another number of topics makes another version of it."""
    text = json.dumps(
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": {"Email": {"Type": "String", "Default": ""}, **parameters},
            "Resources": {f"Topic{n}": {"Type": "AWS::SNS::Topic"} for n in range(topics)},
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
CANARY = SERVICE + f'[rollout.baseline.wave.canary]\naccounts = ["{A}"]\n'
SELF = BASE + f'permissions = "self-managed"\naccounts = ["{A}", "{B}", "{C}"]\n'


def rollout(text: str = SERVICE, name: str = "baseline") -> RolloutConfig:
    """The rollout of one stack from its settings."""
    return read_settings(text, name).shared


def read_settings(text: str = SERVICE, name: str = "baseline") -> Rollout:
    """A rollout from its settings, without the templates of its stacks."""
    table = parse(text)
    return settings.read_rollout(table, name, ["alerts", "trail"])


NEXT_COMMANDS = (
    NextCommand(command="trailbell rollout resume baseline", purpose="retry what failed"),
    NextCommand(command="trailbell rollout apply baseline", purpose="deploy dist/"),
)
RUNNING_COMMANDS = (
    NextCommand(command="trailbell rollout stop baseline", purpose="stop the operation"),
)
COMMANDS = NextCommands(again=NEXT_COMMANDS, running=RUNNING_COMMANDS)


@dataclass
class Recorder:
    """A user interface that records its output. ``answer`` confirms or rejects a plan."""

    answer: bool = True
    messages: list[str] = field(default_factory=list)
    progress: list[Progress] = field(default_factory=list)
    ended: list[InstanceResult] = field(default_factory=list)

    def info(self, text: str) -> None:
        self.messages.append(text)

    def show_progress(self, progress: Progress, fresh: tuple[InstanceResult, ...]) -> None:
        self.progress.append(progress)
        self.ended += fresh


def sign_in(cloud: Cloud, config: RolloutConfig) -> RolloutSession:
    """A session that never sleeps; a second passes with each reading of the clock."""
    return open_session(config, cloud.open, quick_poller())


def quick_poller() -> Poller:
    ticks = itertools.count()
    return Poller(shortest=0.0, longest=0.0, limit=1e9, now=lambda: float(next(ticks)))


def sessions(cloud: Cloud, text: str = SERVICE) -> Sessions:
    """The sessions of a rollout, in the order of the settings."""
    return open_sessions(read_settings(text), cloud.open, quick_poller())


def by_stack(template: BuiltTemplate | None) -> dict[str, BuiltTemplate]:
    """The only template of a rollout."""
    return {"alerts": template or built_template()}


def make_plan(
    cloud: Cloud,
    text: str = SERVICE,
    template: BuiltTemplate | None = None,
    options: RolloutOptions | None = None,
    *,
    check_overrides: bool = False,
) -> RolloutPlan:
    """Plan a rollout, as ``trailbell rollout plan`` does."""
    templates = by_stack(template)
    config = with_templates(read_settings(text), templates)
    stack_set_definition.validate_for_stack_set(config.shared, templates["alerts"])
    contradictions.check_settings(config, templates)
    opened = open_sessions(config, cloud.open, quick_poller())
    organization, actual = read_rollout(opened, templates, check_overrides=check_overrides)
    return planner.plan_rollout(
        config, templates, organization, actual, account_id=cloud.caller, options=options
    )


def apply_rollout(
    cloud: Cloud,
    text: str = SERVICE,
    template: BuiltTemplate | None = None,
    options: RolloutOptions | None = None,
    ui: Recorder | None = None,
) -> RolloutResult:
    """Plan and apply a rollout, as ``trailbell rollout apply`` does."""
    template, ui = template or built_template(), ui or Recorder()
    opened = sessions(cloud, text)
    known = read_known_operations(opened, ui)
    plan = make_plan(cloud, text, template, options)
    return apply.apply_plan(opened, plan, ui, COMMANDS, known)


def deployed_cloud(text: str = SERVICE, **more: Any) -> Cloud:
    """A cloud in which a rollout was applied, with an empty record of requests."""
    cloud = new_cloud(**more)
    assert apply_rollout(cloud, text).succeeded
    cloud.record.clear()
    return cloud


def before(
    cloud: Cloud, operation: str, act: Callable[[dict[str, Any]], None], number: int = 1
) -> None:
    """Act on the request of a call before AWS handles it: the ``number``-th of this operation."""
    original, calls = cloud.answer, itertools.count(1)

    def answer(*words: Any) -> dict[str, Any]:
        if words[1] == operation and next(calls) == number:
            act(words[2])
        return original(*words)

    cloud.answer = answer  # type: ignore[method-assign, assignment]  # answers otherwise here


def after(
    cloud: Cloud, operation: str, act: Callable[[dict[str, Any]], None], number: int = 1
) -> None:
    """Act on the response of a call, or on the state of AWS, before the caller has it."""
    original, calls = cloud.answer, itertools.count(1)

    def answer(*words: Any) -> dict[str, Any]:
        response = original(*words)
        if words[1] == operation and next(calls) == number:
            act(response)
        return response

    cloud.answer = answer  # type: ignore[method-assign, assignment]  # answers otherwise here


def actions(plan: RolloutPlan) -> dict[AccountRegion, InstanceAction]:
    """The action for each stack instance."""
    return {instance.location: instance.action for instance in plan.instances}


def operations(plan: RolloutPlan) -> list[PlannedOperation]:
    """All operations, in their order."""
    return [operation for stage in plan.stages for operation in stage.operations]


def changed(plan: RolloutPlan) -> dict[AccountRegion, InstanceAction]:
    """The stack instances that are not unchanged."""
    return {
        pair: kind for pair, kind in actions(plan).items() if kind is not InstanceAction.UNCHANGED
    }


def brief(
    found: list[PlannedOperation],
) -> list[tuple[StackSetApi, tuple[str, ...], tuple[str, ...]]]:
    """The call, the accounts and the Regions of each operation."""
    return [(call.api, call.accounts, call.regions) for call in found]


def ends(run: RolloutResult) -> dict[str, StageStatus]:
    """How each stage ended."""
    return {stage.name: stage.status for stage in run.stages}


def current_stacks(cloud: Cloud) -> dict[AccountRegion, bool]:
    """Each stack instance, and whether it has the current version of the StackSet."""
    return {
        location: stack.status == "CURRENT" and stack.version == cloud.version
        for location, stack in cloud.instances.items()
    }


def all_current(*accounts: str) -> dict[AccountRegion, bool]:
    """The stack instances of these accounts in all Regions, all current."""
    return {AccountRegion(id_, region): True for id_ in accounts for region in REGIONS}


def without(text: str, key: str) -> str:
    """Settings without a line."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(f"{key} ="))
