"""
The stages of a rollout: the steps of its stacks, put together in the order of their dependencies.

In:    the `StackSetSteps` of each stack.
Out:   `Stage`s: managed execution, the waves, removals, settings of the StackSets.
Never: a stack before one that it imports from, or after it where stacks are deleted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from trailbell.rollout.configuration.config import Rollout
from trailbell.rollout.model.stage import Stage, Step
from trailbell.rollout.plan.plan_operations import REMOVALS, StackSetSteps

MANAGED_EXECUTION = "managed-execution"
SETTINGS = "stack-set-settings"


def plan_stages(rollout: Rollout, steps: Mapping[str, StackSetSteps]) -> tuple[Stage, ...]:
    """The stages in their order. A wave without operations has a stage too."""
    ordered = [steps[stack] for stack in rollout.stacks]
    waves = (
        Stage(
            name=wave.name,
            steps=_deploying(rollout, (each.waves[number] for each in ordered)),
            check=wave.check,
        )
        for number, wave in enumerate(rollout.shared.waves)
    )
    before = Stage(
        name=MANAGED_EXECUTION, steps=_deploying(rollout, (each.before for each in ordered))
    )
    after = Stage(name=SETTINGS, steps=_deploying(rollout, (each.after for each in ordered)))
    removals = removal_stage(rollout, REMOVALS, (each.removals for each in ordered))
    return (*_with_work(before), *waves, *_with_work(removals), *_with_work(after))


def removal_stage(rollout: Rollout, name: str, steps: Iterable[Step]) -> Stage:
    """A stage that deletes: a stack that others import from comes after them."""
    return Stage(
        name=name,
        steps=tuple(
            replace(step, after=rollout.requiring(step.stack)) for step in reversed(tuple(steps))
        ),
    )


def _deploying(rollout: Rollout, steps: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(replace(step, after=rollout.required_by(step.stack)) for step in steps)


def _with_work(stage: Stage) -> tuple[Stage, ...]:
    """The stage without the steps that do nothing; none if that is all of them."""
    steps = tuple(step for step in stage.steps if step.has_work)
    return (replace(stage, steps=steps),) if steps else ()
