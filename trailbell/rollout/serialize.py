"""
A rollout plan and its result as JSON, and as Markdown for a pull request.

In:    a `RolloutPlan`, a `RolloutResult`.
Out:   JSON with every stack instance; Markdown that fits into one comment.
Never: the template, or a secret parameter's value, in JSON.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from trailbell.markdown import cut_lines, escape, fit_comment
from trailbell.rollout import report
from trailbell.rollout.apply import RolloutResult
from trailbell.rollout.plan import PlannedOperation, RolloutPlan, Stage

FORMAT = 1


def plan_to_json(plan: RolloutPlan) -> str:
    """The plan with its operations.

    Stack instances are ``[account, Region, action, wave, reason]``.
    """
    return _to_json(
        {
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
    )


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
    return _to_json({"format": FORMAT, "succeeded": result.succeeded} | asdict(result))


def _to_json(data: dict[str, Any]) -> str:
    def encode(value: Any) -> str:
        if isinstance(value, datetime):
            return value.isoformat()
        return str(value)

    return json.dumps(data, indent=2, ensure_ascii=False, default=encode) + "\n"


def plan_to_markdown(plan: RolloutPlan) -> str:
    """The plan as a comment on a pull request, cut if it is too long."""
    text = "\n".join(_markdown(plan)) + "\n"
    return fit_comment(
        text, lambda: cut_lines(text) + "\n```\n\nThe rest is omitted: the comment is too long.\n"
    )


def _markdown(plan: RolloutPlan) -> Iterator[str]:
    yield f"### {escape(report.title(plan))}"
    yield ""
    yield "| action | stack instances |"
    yield "| --- | ---: |"
    for action, count in plan.counts().items():
        yield f"| {action} | {count:,} |"
    yield ""
    yield from (f"- {escape(notice)}" for notice in plan.notices)
    if not plan.empty:
        yield from ("", "```text", *report.operation_lines(plan), "```")
    yield from ("", "<details><summary>full plan</summary>", "", "```text")
    yield _in_code_block(report.to_text(plan))
    yield from ("```", "", "</details>")


def result_to_markdown(result: RolloutResult) -> str:
    """The result of a plan as a comment on a pull request."""
    status = "succeeded" if result.succeeded else "**failed**"
    text = _in_code_block(report.result_to_text(result))
    return f"### rollout {escape(result.rollout)}: {status}\n\n```text\n{text}\n```\n"


def _in_code_block(text: str) -> str:
    """Replace what would end a code block."""
    return text.replace("```", "'''").rstrip()
