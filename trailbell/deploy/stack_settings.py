"""
The settings of a stack itself: what changes, and how it is applied.

In:    a `StackToDeploy`, the deployed stack, and the change set.
Out:   a `ValueChange` for each setting that changes, with its impacts and notices; the two settings
       that no change set carries are applied from these changes.
Never: a setting that is not in the settings. It is kept, and the plan says so.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetStackPolicy.html
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from trailbell.aws.change_set import ChangeSet
from trailbell.aws.cloudformation import CloudFormation
from trailbell.aws.stack import Stack
from trailbell.deploy.environment import StackSettings
from trailbell.diff.model import Impact, Notice, NoticeLevel, Risk, ValueChange
from trailbell.errors import AwsError

STACK_POLICY = "stack policy"
TERMINATION_PROTECTION = "termination protection"
SERVICE_ROLE = "service role"
ENABLED, DISABLED = "enabled", "disabled"
UNREADABLE = "(could not be read)"
"""In place of a stack policy that may not be read."""

_BROADENING = {
    STACK_POLICY: "The stack policy is replaced: it may allow updates that it denied before.",
    TERMINATION_PROTECTION: "Everyone who may delete stacks can delete this one.",
    SERVICE_ROLE: "CloudFormation changes the resources with the permissions of another role.",
}


@dataclass(frozen=True, kw_only=True)
class SettingsComparison:
    """What changes in the settings of a stack. ``tags`` are kept apart, as in a `StackPlan`."""

    settings: tuple[ValueChange, ...] = ()
    tags: tuple[ValueChange, ...] = ()
    impacts: tuple[Impact, ...] = ()
    notices: tuple[Notice, ...] = ()


def compare_settings(
    cloud: CloudFormation,
    options: StackSettings,
    stack: Stack | None,
    change_set: ChangeSet,
    triggers: Sequence[tuple[str, str]],
) -> SettingsComparison:
    """Compare the settings with those of the deployed stack (None: it is created).

    ``triggers`` are the rollback triggers of the settings, as (ARN, type).
    """
    direct, impacts, notices = compare_direct(cloud, options, stack)
    carried = tuple(_compare_carried(options, stack, change_set, triggers))
    tags = _compare_tags(options, stack, change_set)
    notices += tuple(_kept(options, stack))
    if change_set.has_no_changes and (carried or tags):
        names = ", ".join([change.name for change in carried] + ["tags"] * bool(tags))
        text = (
            "CloudFormation sees no changes in the change set, so these settings change with the "
            f"next update of the stack: {names}"
        )
        notices += (Notice(level=NoticeLevel.WARNING, logical_id="", text=text),)
        carried = tags = ()
    return SettingsComparison(
        settings=(*direct, *carried),
        tags=tags,
        impacts=(*impacts, *_impacts(carried)),
        notices=notices,
    )


def compare_direct(
    cloud: CloudFormation, options: StackSettings, stack: Stack | None
) -> tuple[tuple[ValueChange, ...], tuple[Impact, ...], tuple[Notice, ...]]:
    """Compare stack policy and termination protection, which no change set carries."""
    changes: list[ValueChange] = []
    notices: tuple[Notice, ...] = ()
    if options.stack_policy:
        current, notices = _current_policy(cloud, stack)
        desired = _canonical(options.stack_policy)
        if current != desired:
            changes.append(ValueChange(name=STACK_POLICY, before=current, after=desired))
    before, after = bool(stack and stack.termination_protection), options.termination_protection
    if after is not None and before != after:
        changes.append(
            ValueChange(
                name=TERMINATION_PROTECTION,
                before=_switch(on=before) if stack else None,
                after=_switch(on=after),
            )
        )
    return tuple(changes), tuple(_impacts(changes)), notices


def direct_changes(settings: Iterable[ValueChange]) -> tuple[ValueChange, ...]:
    """The changes that no change set carries."""
    return tuple(
        change for change in settings if change.name in (STACK_POLICY, TERMINATION_PROTECTION)
    )


def _current_policy(
    cloud: CloudFormation, stack: Stack | None
) -> tuple[str | None, tuple[Notice, ...]]:
    """Read the stack policy; None if there is none. What cannot be read is a notice."""
    if stack is None:
        return None, ()
    try:
        policy = cloud.stack_policy(stack.id)
    except AwsError as error:
        text = f"The stack policy of the stack could not be read: {error.reason}"
        return UNREADABLE, (Notice(level=NoticeLevel.UNKNOWN, logical_id="", text=text),)
    return _canonical(policy) if policy else None, ()


def _canonical(policy: str) -> str:
    """The text of a policy without the differences that mean nothing."""
    try:
        return json.dumps(json.loads(policy), sort_keys=True)
    except ValueError:
        return policy


def _switch(*, on: bool) -> str:
    return ENABLED if on else DISABLED


def _compare_carried(
    options: StackSettings,
    stack: Stack | None,
    change_set: ChangeSet,
    triggers: Sequence[tuple[str, str]],
) -> Iterator[ValueChange]:
    """Compare the settings that the change set carries.

    A change set shows them as they will be. Whether it repeats those that were not in the request
    is not documented, so an empty member counts as kept.
    """
    old = stack.rollback if stack else None
    topics = stack.notification_arns if stack else ()
    new_topics = topics if options.notification_arns is None else options.notification_arns
    new_triggers = tuple(triggers)
    if options.rollback_alarms is None:
        new_triggers = old.triggers if old else ()
    minutes = old.minutes if old else 0
    new_minutes = minutes if options.rollback_minutes is None else options.rollback_minutes
    role = stack.role_arn if stack else ""
    pairs = (
        ("notification ARNs", _lines(topics), _lines(change_set.notification_arns or new_topics)),
        (
            "rollback alarms",
            _alarms(old.triggers if old else ()),
            _alarms(change_set.rollback.triggers or new_triggers),
        ),
        (
            "rollback minutes",
            str(minutes or ""),
            str(change_set.rollback.minutes or new_minutes or ""),
        ),
        (SERVICE_ROLE, role, options.service_role or role),
    )
    for name, before, after in pairs:
        if before != after:
            yield ValueChange(name=name, before=before or None, after=after or None)


def _lines(values: Iterable[str]) -> str:
    return ", ".join(values)


def _alarms(triggers: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{arn} ({type_.rpartition('::')[2]})" for arn, type_ in triggers)


def _compare_tags(
    options: StackSettings, stack: Stack | None, change_set: ChangeSet
) -> tuple[ValueChange, ...]:
    if stack is None:
        return ()
    old = stack.tags
    new = change_set.tags or (old if options.tags is None else options.tags)
    return tuple(
        ValueChange(name=name, before=old.get(name), after=new.get(name))
        for name in dict.fromkeys((*new, *old))
        if old.get(name) != new.get(name)
    )


def _kept(options: StackSettings, stack: Stack | None) -> Iterator[Notice]:
    """Name what the stack has and the settings do not mention."""
    if stack is None:
        return
    kept = (
        ("tags", options.tags is None, _lines(stack.tags)),
        (
            "notification_arns",
            options.notification_arns is None,
            _lines(stack.notification_arns),
        ),
        (
            "rollback_alarms",
            options.rollback_alarms is None,
            _lines(arn for arn, _ in stack.rollback.triggers),
        ),
        ("rollback_minutes", options.rollback_minutes is None, str(stack.rollback.minutes or "")),
        ("service_role", not options.service_role, stack.role_arn),
    )
    for key, absent, value in kept:
        if absent and value:
            text = f"{key} is not in the settings. The stack keeps: {value}"
            yield Notice(level=NoticeLevel.WARNING, logical_id="", text=text)


def _impacts(changes: Iterable[ValueChange]) -> Iterator[Impact]:
    """Return what allows more than before: a setting that is replaced or switched off."""
    for change in changes:
        if change.name in _BROADENING and change.before is not None and change.after != ENABLED:
            yield Impact(risk=Risk.BROADEN, logical_id=change.name, text=_BROADENING[change.name])


def apply_settings(
    cloud: CloudFormation, stack_id: str, changes: Iterable[ValueChange]
) -> tuple[str, ...]:
    """Apply the changes that no change set carries. Returns a warning for each that fails."""
    warnings = []
    for change in changes:
        try:
            _apply(cloud, stack_id, change)
        except AwsError as error:
            reason = f"{error.operation}: {error.reason}"
            warnings.append(f"The {change.name} was not changed ({reason})")
    return tuple(warnings)


def _apply(cloud: CloudFormation, stack_id: str, change: ValueChange) -> None:
    if change.name == STACK_POLICY and change.after:
        cloud.set_stack_policy(stack_id, change.after)
    elif change.name == TERMINATION_PROTECTION:
        cloud.set_termination_protection(stack_id, enabled=change.after == ENABLED)
