"""
Check the parameter values of every account and Region against each other.

In:    a `Rollout`, its templates, and accounts.
Out:   nothing, or `PreconditionError` with all problems and where each of them is.
Never: a problem that is not certain, or one that hides another.

A StackSet takes any values: CloudFormation evaluates the Rules of a template in each account and
Region, so that contradictory values would fail there, one stack instance after the other.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache

from trailbell.aws.client import sdk_partitions
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError
from trailbell.rollout.configuration.config import PermissionModel, Rollout, RolloutConfig
from trailbell.rollout.configuration.parameters import pushed_secrets, stack_set_parameters
from trailbell.template.contradictions import find_contradictions
from trailbell.template.evaluate import UNKNOWN, Marker, Scope
from trailbell.template.resources import secret_parameters
from trailbell.template.rules import refers_to
from trailbell.wording import pluralize

OTHERS = ""
"""In place of an account: all that the settings do not name."""

_MAX_LISTED = 5


def check_settings(rollout: Rollout, templates: Mapping[str, BuiltTemplate]) -> None:
    """Check the values that the settings give, before the accounts are known."""
    accounts = rollout.shared.accounts
    if rollout.shared.permission_model is PermissionModel.SERVICE:
        named = (account for each in rollout.stack_sets for account in each.accounts_by_values)
        accounts = tuple(dict.fromkeys((OTHERS, *named)))
    check_accounts(rollout, templates, accounts)


def check_accounts(
    rollout: Rollout, templates: Mapping[str, BuiltTemplate], accounts: Collection[str]
) -> None:
    """Check the values of all stacks in these accounts. Raises `PreconditionError`."""
    places: dict[str, dict[str, list[str]]] = {}
    for config in rollout.stack_sets:
        for account, region, problem in _problems(config, templates[config.stack], accounts):
            text = f"{config.stack}: {problem}"
            places.setdefault(text, {}).setdefault(account, []).append(region)
    if places:
        lines = [
            f"{problem}\n    in {_listed_places(regions)}" for problem, regions in places.items()
        ]
        raise PreconditionError(
            rollout.shared.origin,
            "parameters contradict each other\n  " + "\n  ".join(lines),
            f"Correct parameters or {rollout.shared.overrides_key}.",
        )


def _problems(
    rollout: RolloutConfig, template: BuiltTemplate, accounts: Iterable[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield the account, the Region and the text of each problem.

    Accounts with the same values are checked once, unless a rule refers to the account.
    """
    by_account = refers_to(template.document, "AWS::AccountId")
    shared = stack_set_parameters(rollout, template.document)
    secret = secret_parameters(template.document)
    partitions = sdk_partitions()

    @cache
    def problems_of(overridden: str, account: str, region: str) -> tuple[str, ...]:
        values: dict[str, str | Marker] = {
            **shared,
            **rollout.parameter_overrides.get(overridden, {}),
        }
        values |= dict.fromkeys(secret - set(pushed_secrets(rollout, overridden)), UNKNOWN)
        place = {
            "AWS::Region": region,
            "AWS::Partition": partitions.get(region, ""),
            "AWS::AccountId": account,
        }
        pseudo = {name: value for name, value in place.items() if value}
        scope = Scope(parameters=values, pseudo=pseudo)
        return find_contradictions(template.document, scope).problems

    for account in filter(rollout.may_be_in, accounts):
        overridden = account if account in rollout.parameter_overrides else OTHERS
        for region in rollout.regions:
            for problem in problems_of(overridden, account if by_account else OTHERS, region):
                yield account, region, problem


def _listed_places(regions_by_account: Mapping[str, Iterable[str]]) -> str:
    """For example ``111122223333 (eu-west-1), all other accounts (eu-west-1, us-east-1)``."""
    texts = [
        f"{account or 'all other accounts'} ({', '.join(regions)})"
        for account, regions in regions_by_account.items()
    ]
    listed = ", ".join(texts[:_MAX_LISTED])
    more = len(texts) - _MAX_LISTED
    return f"{listed} and {pluralize(more, 'more account')}" if more > 0 else listed
