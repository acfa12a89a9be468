"""
Exports that would be removed although stacks of the rollout import them.

In:    a `RolloutPlan`, the templates of its stacks.
Out:   nothing, or `PreconditionError`.
Never: a doubt. Only current stacks count, in accounts without parameter overrides.

CloudFormation refuses to change or remove an export that another stack imports, in each account:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from collections.abc import Iterator, Mapping, Sequence

from trailbell.aws.stack_set import AccountRegion
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError
from trailbell.rollout.exports.imports import NameReader, name_reader, present_reader
from trailbell.rollout.exports.not_exported import describe_places
from trailbell.rollout.model.plan import RolloutPlan, StackSetPlan
from trailbell.rollout.model.stage import InstanceAction

_STAYING = (InstanceAction.UPDATE, InstanceAction.UNCHANGED)
_DELETED = (InstanceAction.DELETE, InstanceAction.DELETE_MOVED)
_CURRENT = (*_STAYING, InstanceAction.DELETE)


def check_lost_exports(
    plan: RolloutPlan, templates: Mapping[str, BuiltTemplate], partition: str
) -> None:
    """Raise `PreconditionError` if an update or a deletion removes an export that is imported.

    A stack can be limited to fewer accounts and Regions than those that import from it.
    """
    before = {each.stack: present_reader(each, partition) for each in plan.stack_sets}
    for stack_set in plan.stack_sets:
        old = before[stack_set.stack]
        if old is not None:
            _check_deletions(plan, stack_set, old, templates, partition)
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


def _check_deletions(
    plan: RolloutPlan,
    exporter: StackSetPlan,
    old: NameReader,
    templates: Mapping[str, BuiltTemplate],
    partition: str,
) -> None:
    """Raise if a stack would be deleted where another one stays that imports from it."""
    deleted = [
        each.location for each in exporter.instances if each.action in _DELETED and not each.retain
    ]
    for importer in plan.stack_sets if deleted else ():
        new = name_reader(importer.rollout, templates[importer.stack], partition)
        staying = _staying(importer) if importer is not exporter else frozenset()
        places = sorted(p for p in staying.intersection(deleted) if _imports_from(new, old, p))
        if places:
            raise _deleted(plan, exporter.stack, importer.stack, places)


def _staying(importer: StackSetPlan) -> frozenset[AccountRegion]:
    overridden = importer.rollout.parameter_overrides
    return frozenset(
        each.location
        for each in importer.instances
        if each.action in _STAYING and each.location.account not in overridden
    )


def _imports_from(importer: NameReader, exporter: NameReader, location: AccountRegion) -> bool:
    imported = importer.names(location, in_management_account=False)
    exported = exporter.names(location, in_management_account=False)
    return bool((exported.exports - exported.uncertain) & (imported.imports - imported.uncertain))


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


def _deleted(
    plan: RolloutPlan, exporter: str, importer: str, places: Sequence[AccountRegion]
) -> PreconditionError:
    return PreconditionError(
        f"rollout {plan.rollout.name}, stack {exporter}",
        f"it would be deleted in {describe_places(places)}, where {importer} stays, which imports "
        "from it",
        f"Limit {importer} to the same accounts and Regions, or leave {exporter} there.",
    )


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
