"""
A base stack and three packs that import from it, rolled out together to five accounts in two
Regions, for the tests.

In:    settings as in ``trailbell.toml``.
Out:   plans and results over a `Cloud`, whose StackSets check imports as CloudFormation does.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tests.rollout.fake_stack_sets import Cloud
from tests.rollout.scenario import COMMANDS, PROD, TEST, A, D, Recorder, quick_poller
from trailbell.aws.stack_set import AccountRegion
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.rollout.apply import apply
from trailbell.rollout.apply.result import RolloutResult, StageStatus
from trailbell.rollout.apply.stack_set_guard import read_known_operations
from trailbell.rollout.configuration import settings
from trailbell.rollout.configuration.config import Rollout
from trailbell.rollout.configuration.stack_order import with_templates
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.plan.planner import RolloutOptions
from trailbell.rollout.plan.removal import RemovalRequest, plan_removal
from trailbell.rollout.planning import Planning, plan_whole_rollout
from trailbell.rollout.session import Sessions, open_sessions, read_stack_sets
from trailbell.settings import parse

BASE, PACKS = "security-alerts", ("tamper", "identity", "exposure")
STACKS = (BASE, *PACKS)
REGIONS = ("eu-central-1", "us-east-1")
LOG_GROUP = {"Fn::Sub": "${InstallationName}-LogGroupName"}
NAME = {"InstallationName": {"Type": "String", "Default": "security-alerts"}}


def template(stack: str, version: int = 1, **sections: Any) -> BuiltTemplate:
    """A template; another version has another number of topics."""
    topics = {f"Topic{n}": {"Type": "AWS::SNS::Topic"} for n in range(version)}
    document = {"Resources": topics} | sections
    document["Resources"] = topics | sections.get("Resources", {})
    text = json.dumps(document)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return BuiltTemplate(
        stack=stack, text=text, document=parse_document(text, stack), sha256=digest
    )


def base(version: int = 1, name: str = BASE, **sections: Any) -> BuiltTemplate:
    """A stack that exports its log group."""
    outputs = {"LogGroupName": {"Value": "logs", "Export": {"Name": LOG_GROUP}}}
    parameters = {"Parameters": {**NAME, "Email": {"Type": "String", "Default": ""}}}
    return template(name, version, **({"Outputs": outputs} | parameters | sections))


def pack(name: str, version: int = 1, **sections: Any) -> BuiltTemplate:
    """A stack that imports the log group of the base."""
    imports = {"Type": "AWS::Logs::MetricFilter", "Properties": {"LogGroupName": None}}
    imports["Properties"] = {"LogGroupName": {"Fn::ImportValue": LOG_GROUP}}
    parameters = {**NAME, "Threshold": {"Type": "Number", "Default": "1"}}
    given = {"Resources": {"Filter": imports}, "Parameters": parameters} | sections
    return template(name, version, **given)


def templates(version: int = 1, **others: BuiltTemplate) -> dict[str, BuiltTemplate]:
    """All stacks of ``dist/``. The packs come first, to show that their names decide nothing."""
    packs = {name: pack(name, version) for name in PACKS}
    return {**packs, BASE: base(version), **others}


SETTINGS = f"""
[rollout.baseline]
stacks = ["tamper", "identity", "security-alerts", "exposure"]
region = "eu-central-1"
regions = ["eu-central-1", "us-east-1"]
max_concurrent = 5
failure_tolerance = 0
concurrency_mode = "soft"
organizational_units = ["{PROD}", "{TEST}"]
"""
SELF_MANAGED = SETTINGS.replace(
    f'organizational_units = ["{PROD}", "{TEST}"]',
    f'permission_model = "self-managed"\naccounts = ["{A}", "{D}"]',
)
CANARY = SETTINGS + f'[rollout.baseline.wave.canary]\naccounts = ["{A}"]\n'
TOLERANT = SETTINGS.replace("failure_tolerance = 0", "failure_tolerance = 2")
AUTOMATIC = SETTINGS + "auto_deployment = true\n"


def read(
    text: str,
    built: Mapping[str, BuiltTemplate] | None = None,
    push_secrets: tuple[str, ...] = (),
) -> Rollout:
    """The rollout in deployment order."""
    built = built or templates()
    table = parse(text)
    return with_templates(settings.read_rollout(table, "baseline", built), built, push_secrets)


def sessions(cloud: Cloud, text: str, built: Mapping[str, BuiltTemplate] | None = None) -> Sessions:
    return open_sessions(read(text, built), cloud.open, quick_poller())


def planned(
    cloud: Cloud,
    text: str = SETTINGS,
    built: Mapping[str, BuiltTemplate] | None = None,
    *,
    resume: bool = False,
    others: tuple[Rollout, ...] = (),
) -> RolloutPlan:
    """Plan as ``trailbell rollout plan`` does."""
    built = built or templates()
    planning = Planning(options=RolloutOptions(resume=resume))
    return plan_whole_rollout(
        sessions(cloud, text, built), read(text, built), built, planning, others
    )


def applied(
    cloud: Cloud,
    text: str = SETTINGS,
    built: Mapping[str, BuiltTemplate] | None = None,
    *,
    resume: bool = False,
    ui: Recorder | None = None,
) -> RolloutResult:
    """Plan and apply, as ``trailbell rollout apply`` and ``resume`` do."""
    ui, opened = ui or Recorder(), sessions(cloud, text, built)
    known = read_known_operations(opened, ui)
    plan = planned(cloud, text, built, resume=resume)
    return apply.apply_plan(opened, plan, ui, COMMANDS, known)


def removal(cloud: Cloud, request: RemovalRequest, text: str = SETTINGS) -> RolloutPlan:
    states = read_stack_sets(sessions(cloud, text))
    return plan_removal(read(text), request, states, account_id=cloud.caller)


def removed(cloud: Cloud, request: RemovalRequest, text: str = SETTINGS) -> RolloutResult:
    """Remove, as ``trailbell rollout remove`` does."""
    plan = removal(cloud, request, text)
    return apply.apply_plan(sessions(cloud, text), plan, Recorder(), COMMANDS)


def set_name(stack: str) -> str:
    return f"trailbell-{stack}"


def current(cloud: Cloud) -> dict[str, set[AccountRegion]]:
    """By stack, where it has a stack instance with the newest version of its StackSet."""
    return {
        stack: {
            location
            for location, each in cloud.stack_set(set_name(stack)).instances.items()
            if each.status == "CURRENT" and each.version == cloud.stack_set(set_name(stack)).version
        }
        for stack in STACKS
    }


def everywhere(*accounts: str, stacks: tuple[str, ...] = STACKS) -> dict[str, set[AccountRegion]]:
    """These accounts in both Regions, for these stacks; nothing for the others."""
    pairs = {AccountRegion(account, region) for account in accounts for region in REGIONS}
    return {stack: pairs if stack in stacks else set() for stack in STACKS}


def order(cloud: Cloud) -> list[tuple[str, str]]:
    """The changes that were requested: the API operation and the stack, in their order."""
    return [
        (name, request["StackSetName"].removeprefix("trailbell-"))
        for _, name, request, _, _ in cloud.record
        if "StackSetName" in request and not name.startswith(("Describe", "List"))
    ]


def ends(result: RolloutResult) -> dict[str, dict[str, StageStatus]]:
    """How each stack of each stage ended."""
    return {stage.name: {s.stack: s.status for s in stage.steps} for stage in result.stages}
