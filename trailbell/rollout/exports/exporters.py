"""
Who else exports what a rollout imports: other rollouts of the settings, and stacks of the accounts.

In:    imports that no stack of the rollout exports.
Out:   sentences about what is not known; an error for what nothing exports.
Never: an export that was not read. A stack instance of another rollout counts if it is current,
       and an export of an account if ListExports returned it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from trailbell.aws.cloudformation import CloudFormation
from trailbell.aws.stack import Export
from trailbell.aws.stack_set import AccountRegion
from trailbell.aws.threads import run_concurrently
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import NotFoundError, TrailbellError
from trailbell.rollout.configuration.config import Rollout, RolloutConfig
from trailbell.rollout.exports.imports import Import, name_reader
from trailbell.rollout.exports.not_exported import Missing, describe_places, not_exported
from trailbell.rollout.management import management_account
from trailbell.rollout.session import RolloutSession, open_session

_MAX_READ = 200
"""Accounts and Regions whose exports are read: each takes a sign-in and a call."""


@dataclass
class _Search:
    """Where imports are still missing, and why that is not known for some of them."""

    missing: dict[Import, tuple[AccountRegion, ...]]
    doubts: dict[Import, dict[str, tuple[AccountRegion, ...]]] = field(default_factory=dict)

    def locations(self) -> list[AccountRegion]:
        """All places in which something is missing."""
        return list(dict.fromkeys(each for places in self.missing.values() for each in places))

    def found(self, need: Import, places: Iterable[AccountRegion]) -> None:
        """Note that a name is exported in some places."""
        exported = frozenset(places)
        left = tuple(each for each in self.missing.get(need, ()) if each not in exported)
        self.missing = {**self.missing, need: left}

    def doubt(self, need: Import, places: Iterable[AccountRegion], reason: str) -> None:
        """Note that it is not known whether a name is exported in some places."""
        named = frozenset(places)
        affected = tuple(each for each in self.missing.get(need, ()) if each in named)
        if affected:
            reasons = self.doubts.setdefault(need, {})
            reasons[reason] = (*reasons.get(reason, ()), *affected)


def check_exporters(
    session: RolloutSession,
    rollout: Rollout,
    templates: Mapping[str, BuiltTemplate],
    missing: Missing,
    others: tuple[Rollout, ...],
    management: str,
) -> Iterator[str]:
    """Look for what is missing. Yields what is not known.

    ``others`` are the other rollouts of the settings, ``management`` is the management account.
    Raises `PreconditionError` for what nothing exports.
    """
    search = _Search(dict(missing))
    for config in (config for other in others for config in other.stack_sets):
        _search_other_rollout(session, config, templates[config.stack], search)
    if session.rollout.member_read_role or management:
        _search_accounts(session, search, management)
    for need, reasons in search.doubts.items():
        for reason, places in reasons.items():
            left = [each for each in places if each in search.missing[need]]
            if left:
                yield (
                    f'{need.stack} imports "{need.name}", and whether it is exported in '
                    f"{describe_places(left)} is not known: {reason}"
                )
                search.found(need, left)
    left_over = {need: places for need, places in search.missing.items() if places}
    if left_over:
        raise not_exported(rollout, templates, left_over)


# ------------------------------------------------------------------ other rollouts


def _search_other_rollout(
    session: RolloutSession, config: RolloutConfig, template: BuiltTemplate, search: _Search
) -> None:
    """Look for stack instances of another rollout that export what is missing."""
    reader = name_reader(config, template, session.partition)
    wanted: dict[Import, list[AccountRegion]] = {}
    for need, places in search.missing.items():
        for place in places:
            names = reader.names(place, in_management_account=False)
            if place.region in config.regions and need.name in names.exports - names.uncertain:
                wanted.setdefault(need, []).append(place)
    if not wanted:
        return
    try:
        other = open_session(config, session.open, session.poller)
        statuses = {each.location: each.status for each in other.stack_set.instances()}
    except NotFoundError:  # it is not deployed yet, so it exports nothing
        return
    except TrailbellError as error:
        for need, wanted_places in wanted.items():
            reason = f"StackSet {config.stack_set_name} could not be read: {error}"
            search.doubt(need, wanted_places, reason)
        return
    for need, wanted_places in wanted.items():
        search.found(need, [each for each in wanted_places if statuses.get(each) == "CURRENT"])
        unsure = [each for each in wanted_places if statuses.get(each, "CURRENT") != "CURRENT"]
        search.doubt(need, unsure, f"StackSet {config.stack_set_name} is not CURRENT there.")


# ------------------------------------------------------------------ accounts


def _search_accounts(session: RolloutSession, search: _Search, management: str) -> None:
    """Read the exports of the accounts, side by side, where a role can."""
    readable = [
        place
        for place in search.locations()
        if session.rollout.member_read_role or place.account == management
    ]
    chosen = readable[:_MAX_READ]
    exports = run_concurrently(
        partial(_read_exports, session, place, management) for place in chosen
    )
    by_place = dict(zip(chosen, exports, strict=True))
    for need in list(search.missing):
        for place, read in by_place.items():
            if isinstance(read, str):
                search.doubt(need, [place], read)
            elif need.name in read:
                search.found(need, [place])
        unread = readable[_MAX_READ:]
        search.doubt(
            need, unread, f"exports of {_MAX_READ} accounts and Regions were read at most."
        )


def _read_exports(
    session: RolloutSession, place: AccountRegion, management: str
) -> Mapping[str, Export] | str:
    """The exports of an account and Region, or why they could not be read."""
    rollout = session.rollout
    try:
        if place.account == management:
            opened = management_account.open_session(
                rollout, session.open, management, place.region, session.poller
            )
            return opened.cloud.exports()
        account = session.assume_role(place, rollout.member_read_role)
        return CloudFormation(account.service("cloudformation")).exports()
    except TrailbellError as error:
        return f"ListExports failed: {getattr(error, 'reason', error)}"
