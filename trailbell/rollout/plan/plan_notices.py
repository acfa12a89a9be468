"""
What a person should read before a rollout is applied.

In:    `PlanFacts`: the settings, what was read, and the operations of the plan.
Out:   sentences: notices, and what could not be read or judged.
Never: an effect on the plan.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trailbell.aws.organization import Organization
from trailbell.aws.regions import opt_in_regions
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.rollout.configuration.config import AccountFilter, RolloutConfig
from trailbell.rollout.configuration.operation_preferences import ConcurrencyMode
from trailbell.rollout.model.actual_state import ActualState
from trailbell.rollout.model.desired_state import DesiredState
from trailbell.rollout.model.stack_set_request import kept_secrets
from trailbell.rollout.model.stage import (
    OVERRIDES_CHANGE,
    InstanceAction,
    PlannedInstance,
    PlannedOperation,
    StackSetApi,
)
from trailbell.rollout.plan.role_notices import role_notices
from trailbell.rollout.plan.stack_set_definition import DefinitionChanges
from trailbell.template.resources import properties, resources
from trailbell.wording import pluralize

_MAX_LISTED = 50
_STATUSES = ("CURRENT", "OUTDATED", "INOPERABLE")


@dataclass(frozen=True, kw_only=True)
class PlanFacts:
    """What the notices are about. ``differences`` are those of the StackSet, even for a resume."""

    rollout: RolloutConfig
    template: BuiltTemplate
    organization: Organization
    desired: DesiredState
    actual: ActualState
    instances: tuple[PlannedInstance, ...]
    operations: tuple[PlannedOperation, ...]
    differences: DefinitionChanges
    resume: bool = False
    release_inoperable: bool = False

    def count(self, action: InstanceAction) -> int:
        """The number of stack instances with this action."""
        return sum(instance.action is action for instance in self.instances)

    def calls(self, api: StackSetApi) -> bool:
        """Whether the plan has such an operation."""
        return any(each.api is api for each in self.operations)


def plan_notices(facts: PlanFacts) -> Iterator[str]:
    """Yield the notices of a plan."""
    for operation in facts.actual.running_operations:
        yield (
            f"Operation {operation.action} {operation.id} is {operation.status}, so this plan may "
            "be out of date. apply waits for the operation first."
        )
    yield from facts.organization.notices
    yield from _account_notices(facts)
    yield from _definition_notices(facts)
    yield from _secret_notices(facts)
    yield from _auto_deployment_notices(facts)
    yield from _region_notices(facts)
    yield from _left_stack_notices(facts)
    yield from _concurrency_notices(facts.rollout, facts.desired)
    yield from _name_collisions(facts.rollout, facts.template)


def plan_unknowns(facts: PlanFacts) -> Iterator[str]:
    """Yield what could not be read or judged. Each blocks a gate, whatever its risks are."""
    if facts.differences.unreadable:
        yield facts.differences.unreadable
    pushed = facts.rollout.push_secrets
    if pushed and facts.actual.definition is not None:
        yield (
            "The values of NoEcho parameters cannot be compared, and those of the settings are "
            f"sent: {', '.join(pushed)}"
        )
    yield from _unjudged(facts)
    if facts.actual.unread_overrides and facts.rollout.parameter_overrides:
        yield _unread_overrides(facts)
    for status in sorted({each.status for each in facts.actual.instances} - {*_STATUSES}):
        count = sum(each.status == status for each in facts.actual.instances)
        instances = pluralize(count, "stack instance")
        yield f'{instances} with the status "{status}", which this version does not know.'
    for stack in facts.actual.management_stacks:
        if stack.unreadable:
            yield (
                f"The template of the stack in the management account {stack.account} "
                f"{stack.region} could not be read: {stack.unreadable}"
            )


def _unjudged(facts: PlanFacts) -> Iterator[str]:
    """Yield changes whose meaning for the stacks is not known."""
    outdated = facts.count(InstanceAction.OUTDATED)
    if outdated:
        yield (
            f"{pluralize(outdated, 'stack instance')} OUTDATED: an earlier operation failed or did "
            "not reach them. AWS does not return the template that they have, so what changes in "
            "them cannot be judged."
        )
    overridden = sum(each.reason == OVERRIDES_CHANGE for each in facts.instances)
    if overridden:
        yield (
            f"What changed parameter overrides mean for {pluralize(overridden, 'stack instance')} "
            "is not judged."
        )
    of_set = {change.name for change in facts.differences.stacks}
    for stack in facts.actual.management_stacks:
        names = [change.name for change in stack.changes if change.name not in of_set]
        if names and stack.template_changes is None:
            yield (
                f"What changes of the stack in the management account {stack.account} "
                f"{stack.region} mean is not judged: {', '.join(names)}"
            )


def _unread_overrides(facts: PlanFacts) -> str:
    return (
        f"Parameter overrides of {pluralize(facts.actual.unread_overrides, 'stack instance')} were "
        "not read, because each takes a call. --check-overrides reads them, and removes those that "
        "the settings do not name."
    )


def _listed(entries: Iterable[str]) -> str:
    names = list(entries)
    more = len(names) - _MAX_LISTED
    return f"{', '.join(names[:_MAX_LISTED])}{f' and {more:,} more' if more > 0 else ''}"


def _account_notices(facts: PlanFacts) -> Iterator[str]:
    rollout = facts.rollout
    if facts.desired.suspended:
        accounts = (f"{account} ({state})" for account, state in facts.desired.suspended.items())
        yield ("Skipped suspended or closed accounts (account is not ACTIVE): " + _listed(accounts))
    named = [account for account in rollout.accounts if account in facts.organization.missing]
    if named:
        yield (
            f"Accounts in {rollout.origin} that are not in the organization: {_listed(named)}. "
            "Remove them from accounts; the others are planned."
        )
    gone = dict.fromkeys(
        each.location.account for each in facts.instances if each.action is InstanceAction.GONE
    )
    if gone:
        options = " ".join(f"--account {account}" for account in list(gone)[:_MAX_LISTED])
        yield (
            f"Accounts with stack instances that are not in the organization: {_listed(gone)}. "
            "StackSets cannot reach them. Remove their stack instances with: trailbell "
            f"rollout remove {rollout.name} {options} --retain"
        )
    inoperable = facts.count(InstanceAction.INOPERABLE)
    if inoperable and not facts.release_inoperable:
        yield (
            f"INOPERABLE stack instances: {inoperable:,}. StackSets skips them in every update. "
            "Remove them from the StackSet and retain their stacks with: trailbell rollout "
            f"apply {rollout.name} --detach-inoperable. Then delete each stack in its own account."
        )
    if facts.actual.unread_overrides and not rollout.parameter_overrides:
        yield _unread_overrides(facts)


def _definition_notices(facts: PlanFacts) -> Iterator[str]:
    rollout, differences = facts.rollout, facts.differences
    if facts.resume and (differences.touches_stacks or differences.settings):
        yield (
            "dist/ or trailbell.toml differs from the StackSet. resume does not deploy these "
            f"changes; deploy them with: trailbell rollout apply {rollout.name}"
        )
    defined = facts.calls(StackSetApi.UPDATE_STACK_SET)
    if differences.touches_stacks and not (facts.resume or defined):
        yield (
            "The StackSet keeps its template and parameters, because no stack of the rollout can "
            "get the new ones. Without targets, UpdateStackSet would update the stacks that remain."
        )


def _secret_notices(facts: PlanFacts) -> Iterator[str]:
    """The secrets of the settings that are not sent."""
    rollout, definition = facts.rollout, facts.actual.definition
    given = frozenset(rollout.parameters).union(*rollout.parameter_overrides.values())
    names = sorted(given & kept_secrets(rollout, facts.template.document, definition))
    names = [name for name in names if name not in rollout.push_secrets]
    if names:
        options = " ".join(f"--push-secret {name}" for name in names)
        yield (
            "The values of NoEcho parameters cannot be compared, and the deployed ones are kept: "
            f"{', '.join(names)}. To set those of the settings: trailbell rollout apply "
            f"{rollout.name} {options}"
        )


def _auto_deployment_notices(facts: PlanFacts) -> Iterator[str]:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html"""
    rollout, definition = facts.rollout, facts.actual.definition
    if rollout.whole.auto_deployment.enabled and rollout.only_accounts:
        yield (
            "Automatic deployment is disabled for this stack, because the settings limit it to "
            f"{pluralize(len(rollout.only_accounts), 'account')}."
        )
    if not rollout.auto_deployment.enabled:
        return
    if rollout.account_filter is not AccountFilter.NONE:
        yield (
            "Automatic deployment ignores account_filter: accounts that join an organizational "
            "unit of the rollout get stacks all the same, without waves and without operation "
            "preferences."
        )
    known = frozenset(definition.units) if definition else frozenset()
    accounts = facts.desired.accounts_by_unit
    empty = [unit for unit, members in accounts.items() if not members and unit not in known]
    if empty:
        yield (
            f"Organizational units without accounts: {_listed(empty)}. AWS is not informed of "
            "them, so automatic deployment follows them only after an account in them got a stack."
        )
    deleting = {
        unit
        for operation in facts.operations
        if operation.api is StackSetApi.DELETE_INSTANCES
        for unit in operation.targets.units
    }
    followed = [unit for unit in rollout.organizational_units if unit in deleting]
    if followed:
        yield (
            f"A deletion through {_listed(followed)} may end automatic deployment there. Check "
            "afterward with: aws cloudformation list-stack-set-auto-deployment-targets "
            f"--stack-set-name {rollout.stack_set_name}"
        )


def _region_notices(facts: PlanFacts) -> Iterator[str]:
    """Regions that the administrator account has not enabled; target accounts must, too.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html
    """
    check = facts.actual.regions
    regions = facts.rollout.regions
    yield from (str(status) for status in check.not_enabled if status.region in regions)
    opt_in = opt_in_regions(regions)
    if check.unreadable and opt_in:
        yield f"Whether {_listed(opt_in)} is enabled was not read: {check.unreadable}"
    if facts.count(InstanceAction.CREATE):
        if opt_in:
            yield (
                f"Each account must have enabled {_listed(opt_in)} before it gets a stack there; "
                "this was not read."
            )
        yield from role_notices(facts.rollout, facts.template)


def _left_stack_notices(facts: PlanFacts) -> Iterator[str]:
    name = facts.rollout.stack_set_name
    for stack in facts.actual.left_stacks:
        yield (
            f"Stack {name} in the management account {stack.account} {stack.region} is not part of "
            "the rollout, and stays. If nothing else needs it, delete it with credentials of that "
            f"account and Region: trailbell delete {name}"
        )


# These names are unique in an account, not in a Region. CloudFormation generates one by default.
_ACCOUNT_WIDE_NAMES = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}


def _name_collisions(rollout: RolloutConfig, template: BuiltTemplate) -> Iterator[str]:
    """Resources with a fixed name that must be unique in an account, if there are many Regions."""
    if len(rollout.regions) == 1:
        return
    for logical_id, resource in resources(template.document).items():
        name = properties(resource).get(_ACCOUNT_WIDE_NAMES.get(str(resource.get("Type")), ""))
        if isinstance(name, str):
            yield (
                f"{logical_id} is named {name} in every Region, but the name must be unique in an "
                "account. Only the first Region will succeed."
            )


def _concurrency_notices(rollout: RolloutConfig, desired: DesiredState) -> Iterator[str]:
    """Waves that STRICT runs with fewer accounts at a time than configured, without a warning."""
    for wave in rollout.waves:
        preferences = wave.operation_preferences
        accounts = sum(name == wave.name for name in desired.wave_by_account.values())
        configured = min(max(1, preferences.concurrency.of(accounts)), accounts)
        effective = preferences.effective_concurrency(accounts)
        strict = preferences.mode is ConcurrencyMode.STRICT
        if accounts and effective < configured and strict:
            yield (
                f"Wave {wave.name}: max_concurrent allows {configured:,} accounts at a time, but "
                f"strict failure tolerance runs {effective:,}. With concurrency_mode = "
                f'"soft", {configured:,} run, and more may fail before the operation stops.'
            )
