"""
Exports that an update would remove although stacks of the rollout import them.

In:    a `RolloutPlan`, the templates of its stacks.
Out:   nothing, or `PreconditionError`.
Never: a doubt. Only current stacks count, in accounts without parameter overrides.

CloudFormation refuses to change or remove an export that another stack imports, in each account:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from collections.abc import Iterator, Mapping

from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError
from trailbell.rollout.exports.imports import NameReader, name_reader, present_reader
from trailbell.rollout.model.plan import RolloutPlan, StackSetPlan
from trailbell.rollout.model.stage import InstanceAction

_CURRENT = (InstanceAction.UPDATE, InstanceAction.UNCHANGED, InstanceAction.DELETE)


def check_lost_exports(
    plan: RolloutPlan, templates: Mapping[str, BuiltTemplate], partition: str
) -> None:
    """Raise `PreconditionError` if an update removes an export that a stack imports."""
    before = {each.stack: present_reader(each, partition) for each in plan.stack_sets}
    for stack_set in plan.stack_sets:
        old = before[stack_set.stack]
        if old is None or all(
            each.action is not InstanceAction.UPDATE for each in stack_set.instances
        ):
            continue
        new = name_reader(stack_set.rollout, templates[stack_set.stack], partition)
        for other in plan.stack_sets:
            importer = before[other.stack]
            if importer is not None and other is not stack_set:
                names = sorted(set(_lost_exports(stack_set, old, new, other, importer)))
                if names:
                    raise _refused(plan, stack_set.stack, other.stack, names)


def _lost_exports(
    exporter: StackSetPlan,
    old: NameReader,
    new: NameReader,
    importer: StackSetPlan,
    imports: NameReader,
) -> Iterator[str]:
    """The names that are no longer exported where the other stack imports them."""
    configs = (exporter.rollout, importer.rollout)
    overridden = {account for each in configs for account in each.parameter_overrides}
    importing = {i.location for i in importer.instances if i.action in _CURRENT}
    seen: set[tuple[int, int, int]] = set()
    for instance in exporter.instances:
        location = instance.location
        if (
            instance.action is not InstanceAction.UPDATE
            or instance.in_management_account
            or location not in importing
            or location.account in overridden
        ):
            continue
        names = [each.names(location, in_management_account=False) for each in (old, new, imports)]
        key = id(names[0]), id(names[1]), id(names[2])
        if key not in seen and not names[1].unknown_exports:
            seen.add(key)
            lost = names[0].exports - names[0].uncertain - names[1].exports
            yield from lost & (names[2].imports - names[2].uncertain)


def _refused(
    plan: RolloutPlan, exporter: str, importer: str, names: list[str]
) -> PreconditionError:
    listed = ", ".join(f'"{name}"' for name in names)
    return PreconditionError(
        f"rollout {plan.rollout.name}, stack {exporter}",
        f"it would no longer export {listed}, which {importer} imports, and CloudFormation refuses "
        "that",
        f"Remove {importer} first: trailbell rollout remove {plan.rollout.name} --stack "
        f"{importer} --all\n  Or roll out a second installation: another rollout with another "
        "InstallationName and other names of StackSets.",
    )
