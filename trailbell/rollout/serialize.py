"""
A rollout plan and its result as JSON.

In:    a `RolloutPlan`, a `RolloutResult`.
Out:   JSON with every stack instance.
Never: the template, or a secret parameter's value, in JSON.
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from trailbell.rollout.plan import PlannedOperation, RolloutPlan, Stage
from trailbell.rollout.result import RolloutResult

FORMAT = 1


def plan_to_json(plan: RolloutPlan) -> str:
    """The plan with its operations.

    Stack instances are ``[account, Region, action, wave, reason]``.
    """
    return to_json(plan_data(plan))


def plan_data(plan: RolloutPlan) -> dict[str, Any]:
    """The members of `plan_to_json`."""
    return {
        "format": FORMAT,
        "rollout": plan.rollout.name,
        "stack": plan.rollout.stack,
        "stack_set_name": plan.rollout.stack_set_name,
        "administrator": plan.account_id,
        "delegated": plan.rollout.delegated,
        "template_sha256": plan.template_sha256,
        "exists": plan.definition is not None,
        "empty": plan.empty,
        "counts": plan.counts(),
        "seconds": plan.seconds,
        "notices": plan.notices,
        "unknowns": plan.unknowns,
        "changes": [asdict(change) for change in plan.value_changes],
        "template_changes": (
            None if plan.template_changes is None else asdict(plan.template_changes)
        ),
        "instances": [
            [*instance.location, instance.action, instance.wave, instance.reason]
            for instance in plan.instances
        ],
        "stages": [_stage(stage) for stage in plan.stages],
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "seconds": stage.seconds,
        "check": asdict(stage.check),
        "operations": [_operation(operation) for operation in stage.operations],
        "management_stacks": [asdict(stack) for stack in stage.management_stacks],
    }


def _operation(operation: PlannedOperation) -> dict[str, Any]:
    overrides = operation.parameter_overrides
    return {
        "api": operation.api,
        "accounts": operation.accounts,
        "regions": operation.regions,
        "targets": operation.targets.request(),
        "parameter_overrides": None if overrides is None else sorted(overrides),
        "retain": operation.retain,
        "preferences": operation.preferences.request(operation.regions),
        "seconds": operation.seconds,
    }


def result_to_json(result: RolloutResult) -> str:
    """The result of a plan, stage by stage."""
    return to_json({"format": FORMAT, "succeeded": result.succeeded} | asdict(result))


def to_json(data: Any) -> str:
    """Data as JSON; times as ISO 8601."""

    def encode(value: Any) -> str:
        if isinstance(value, datetime):
            return value.isoformat()
        return str(value)

    return json.dumps(data, indent=2, ensure_ascii=False, default=encode) + "\n"
