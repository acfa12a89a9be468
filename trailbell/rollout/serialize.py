"""
A plan and a run, for machines and for pull requests.

In:    a `DeployPlan`, a `RolloutResult`.
Out:   JSON with every pair; Markdown that fits into a comment.
Never: a template or a parameter's value in JSON that the plan itself does not show.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from trailbell.markdown import MAX_COMMENT
from trailbell.rollout import report
from trailbell.rollout.apply import RolloutResult
from trailbell.rollout.plan import PlannedOperation, RolloutPlan, Stage

FORMAT = 1


def plan_to_json(plan: RolloutPlan) -> str:
    """The plan: pairs as ``[account, Region, kind, wave, why]``, calls as they will be made."""
    return _dumped(
        {
            "format": FORMAT,
            "rollout": plan.rollout.name,
            "stack": plan.rollout.stack,
            "set": plan.rollout.stack_set_name,
            "administrator": plan.account,
            "delegated": plan.rollout.delegated,
            "template": plan.sha256,
            "exists": plan.definition is not None,
            "empty": plan.empty,
            "counts": plan.counts(),
            "seconds": plan.seconds,
            "remarks": plan.remarks,
            "changes": [asdict(value) for value in plan.values],
            "template_changes": None if plan.template is None else asdict(plan.template),
            "pairs": [[*c.location, c.kind, c.wave, c.why] for c in plan.cells],
            "stages": [_stage(stage) for stage in plan.stages],
        }
    )


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "seconds": stage.seconds,
        "check": asdict(stage.check),
        "calls": [_call(call) for call in stage.calls],
        "management_account": [asdict(plain) for plain in stage.plain],
    }


def _call(call: PlannedOperation) -> dict[str, Any]:
    return {
        "call": call.do,
        "accounts": call.accounts,
        "regions": call.regions,
        "targets": call.targets.request(),
        "own_parameters": None if call.overrides is None else sorted(call.overrides),
        "retain": call.retain,
        "preferences": call.pacing.request(call.regions),
        "seconds": call.seconds,
    }


def result_to_json(run: RolloutResult) -> str:
    """What became of a plan."""
    return _dumped({"format": FORMAT, "well": run.succeeded} | asdict(run))


def _dumped(data: dict[str, Any]) -> str:
    def known(value: Any) -> str:
        if isinstance(value, datetime):
            return value.isoformat()
        return str(value)

    return json.dumps(data, indent=2, ensure_ascii=False, default=known) + "\n"


def plan_to_markdown(plan: RolloutPlan) -> str:
    """The plan as a comment on a pull request; shortened where it would not fit, saying so."""
    found = "\n".join(_markdown(plan)) + "\n"
    if len(found) <= MAX_COMMENT:
        return found
    return found[:MAX_COMMENT].rsplit("\n", 1)[0] + "\n```\n\nThe rest is left out: too long.\n"


def _markdown(plan: RolloutPlan) -> Iterator[str]:
    yield f"### {report.title(plan)}"
    yield ""
    yield "| what | stacks |"
    yield "| --- | ---: |"
    for kind, count in plan.counts().items():
        yield f"| {kind} | {count:,} |"
    yield ""
    yield from (f"- {remark}" for remark in plan.remarks)
    if not plan.empty:
        yield from ("", "```text", *report.calls(plan), "```")
    yield from ("", "<details><summary>all of it</summary>", "", "```text")
    yield report.to_text(plan).replace("```", "'''").rstrip()
    yield from ("```", "", "</details>")


def result_to_markdown(run: RolloutResult) -> str:
    """What became of a plan, as a comment."""
    verdict = "done" if run.succeeded else "**failed**"
    told = report.result_to_text(run).replace("```", "'''").rstrip()
    return f"### rollout {run.rollout}: {verdict}\n\n```text\n{told}\n```\n"
