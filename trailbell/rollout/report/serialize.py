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

from trailbell.rollout.apply.result import RolloutResult, StageResult
from trailbell.rollout.model.plan import RolloutPlan, StackSetPlan
from trailbell.rollout.model.stage import PlannedOperation, Stage

FORMAT = 1


def plan_to_json(plan: RolloutPlan) -> str:
    """The plan with its operations.

    Stack instances are ``[account, Region, action, wave, reason]``.
    """
    return to_json(plan_data(plan))


def plan_data(plan: RolloutPlan) -> dict[str, Any]:
    """The members of `plan_to_json`. Those of the only stack are also members of the plan."""
    stack_sets = [_stack_set(plan, each) for each in plan.stack_sets]
    return {
        "format": FORMAT,
        "rollout": plan.rollout.name,
        "administrator": plan.account_id,
        "delegated": plan.rollout.shared.delegated,
        "empty": plan.empty,
        **(stack_sets[0] if len(stack_sets) == 1 else {}),
        "counts": plan.counts(),
        "risks": sorted(plan.risks()),
        "costs": None if plan.costs is None else asdict(plan.costs),
        "seconds": plan.seconds,
        "notices": plan.notices,
        "unknowns": plan.unknowns,
        "stack_sets": stack_sets,
        "stages": [_stage(stage) for stage in plan.stages],
    }


def _stack_set(plan: RolloutPlan, stack_set: StackSetPlan) -> dict[str, Any]:
    changes = stack_set.template_changes
    return {
        "stack": stack_set.stack,
        "stack_set_name": stack_set.rollout.stack_set_name,
        "template_sha256": stack_set.template_sha256,
        "exists": stack_set.definition is not None,
        "requires": sorted(plan.rollout.required_by(stack_set.stack)),
        "counts": stack_set.counts(),
        "risks": sorted(plan.risks(stack_set.stack)),
        "changes": [asdict(change) for change in stack_set.value_changes],
        "template_changes": None if changes is None else asdict(changes),
        "instances": [
            [*instance.location, instance.action, instance.wave, instance.reason]
            for instance in stack_set.instances
        ],
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "seconds": stage.seconds,
        "check": asdict(stage.check),
        "operations": [
            {"stack": step.stack, **_operation(operation)}
            for step in stage.steps
            for operation in step.operations
        ],
        "management_stacks": [
            {"stack": step.stack, **asdict(stack)}
            for step in stage.steps
            for stack in step.management_stacks
        ],
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
    """The result of a plan, stage by stage, and in each stage stack by stack.

    The members of the steps are also those of their stage, put together.
    """
    names = list(result.stack_sets.values())
    data = {
        "format": FORMAT,
        "succeeded": result.succeeded,
        "rollout": result.rollout,
        "stack_set_name": names[0] if len(names) == 1 else None,
        "stack_sets": result.stack_sets,
        "stages": [_stage_result(stage) for stage in result.stages],
        "message": result.message,
        "next_commands": [asdict(each) for each in result.next_commands],
    }
    return to_json(data)


def _stage_result(stage: StageResult) -> dict[str, Any]:
    return {
        "name": stage.name,
        "status": stage.status,
        "operations": [asdict(each) for each in stage.operations],
        "failures": asdict(stage.failures),
        "management_stacks": [asdict(each) for each in stage.management_stacks],
        "message": stage.message,
        "notes": stage.notes,
        "planned": stage.planned,
        "reached": stage.reached,
        "running": stage.running,
        "steps": [asdict(step) for step in stage.steps],
    }


def to_json(data: Any) -> str:
    """Data as JSON; times as ISO 8601."""

    def encode(value: Any) -> str:
        if isinstance(value, datetime):
            return value.isoformat()
        return str(value)

    return json.dumps(data, indent=2, ensure_ascii=False, default=encode) + "\n"
