"""
What could be excluded: values of the hits of a detection, the narrowest first.

In:    the hits of one detection.
Out:   candidates, each with the hits that an exclusion of it silences.
Never: a name that the caller chooses freely, such as that of a session or of a user agent.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter

from trailbell.errors import SettingsError
from trailbell.pattern import Outcome, all_of, predicate
from trailbell.pattern.ast import JsonPattern
from trailbell.replay.hit import Hit
from trailbell.replay.tuning.change import Exclusion, conditions_of

MAX_VALUES = 15
"""Values of a kind that are tried for a detection, those with the most hits."""

_ROLE = ":role/"


@dataclass(frozen=True)
class Candidate:
    """
    An exclusion, and the positions of the hits that it silences.

    ``breadth`` orders kinds from the narrowest: an ARN, a path, a role name, a principal, a
    service, an address, an event. ``days`` are those on which it has hits, UTC.
    """

    exclusion: Exclusion
    breadth: int
    silenced: frozenset[int]
    days: tuple[str, ...]


def find_candidates(detection: str, hits: Sequence[Hit]) -> tuple[Candidate, ...]:
    """The candidates of a detection: by breadth, then in descending order of hits."""
    groups = {key: _group(key, hits) for key in _MEMBERS}
    candidates = []
    for breadth, values in enumerate(_values_by_breadth(hits)):
        for (key, value), _ in values.most_common(MAX_VALUES):
            exclusion = Exclusion(key, value)
            if silenced := _silenced(detection, exclusion, hits, groups[key]):
                days = sorted({day_of(hits[position].time) for position in silenced})
                candidates.append(Candidate(exclusion, breadth, silenced, tuple(days)))
    return tuple(sorted(candidates, key=lambda each: (each.breadth, -len(each.silenced))))


def silenced_by(detection: str, exclusion: Exclusion, hits: Sequence[Hit]) -> frozenset[int]:
    """The positions of the hits that would no longer count; none if settings refuse the value."""
    return _silenced(detection, exclusion, hits, _group(exclusion.key, hits))


_Groups = Iterable[Sequence[int]]
"""Positions of hits that are equal for exclusions of a key."""


def _group(key: str, hits: Sequence[Hit]) -> _Groups:
    groups: dict[object, list[int]] = defaultdict(list)
    members_of = attrgetter(*_MEMBERS[key])
    for position, hit in enumerate(hits):
        groups[members_of(hit)].append(position)
    return groups.values()


def _silenced(
    detection: str, exclusion: Exclusion, hits: Sequence[Hit], groups: _Groups
) -> frozenset[int]:
    try:
        conditions = conditions_of(detection, exclusion).conditions()
    except SettingsError:
        return frozenset()
    counts = predicate.compile(JsonPattern(all_of(*conditions)))
    return frozenset(
        position
        for positions in groups
        if counts(_record(hits[positions[0]])) is Outcome.NO_MATCH
        for position in positions
    )


def day_of(time: int) -> str:
    """The day of a time in seconds since 1970, UTC: ``2026-11-23``."""
    return datetime.fromtimestamp(time, UTC).date().isoformat()


_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "roles": ("role_arn", "role_name"),
    "principal_arns": ("principal_arn",),
    "services": ("service",),
    "source_ips": ("address",),
    "events": ("event_name",),
}
"""The members of a hit on which each key of ``exclude`` depends."""


def _record(hit: Hit) -> dict[str, object]:
    """The members of the record that exclusions are about. An empty one is missing."""
    issuer = _present({"arn": hit.role_arn, "userName": hit.role_name})
    identity = _present({"arn": hit.principal_arn, "invokedBy": hit.service})
    if issuer:
        identity["sessionContext"] = {"sessionIssuer": issuer}
    members = _present({"eventName": hit.event_name, "sourceIPAddress": hit.address})
    return {**members, "userIdentity": identity}


def _present(members: Mapping[str, str]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value}


def _values_by_breadth(hits: Iterable[Hit]) -> tuple[Counter[tuple[str, str]], ...]:
    """The values of each kind, with the numbers of their hits, the narrowest kind first."""
    kinds: tuple[Counter[tuple[str, str]], ...] = tuple(Counter() for _ in range(7))
    for hit in hits:
        arns, paths, names, principals, services, addresses, events = kinds
        is_role = _ROLE in hit.role_arn  # the issuer of a federated user's session is a user
        if is_role:
            arns["roles", hit.role_arn] += 1
            paths["roles", f"/{hit.role_arn.partition(_ROLE)[2]}"] += 1
        elif principal := _without_session(hit.principal_arn):
            principals["principal_arns", principal] += 1
        if hit.role_name and is_role:
            names["roles", hit.role_name] += 1
        if hit.service:
            services["services", hit.service] += 1
        if hit.address:
            addresses["source_ips", hit.address] += 1
        events["events", hit.event_name] += 1
    return kinds


def _without_session(arn: str) -> str:
    """The ARN of a user; of a session that of all sessions of its role, because the caller names a
    session. Empty for the root user, and for federated users, whose names the caller chooses.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    """
    if ":assumed-role/" in arn:
        return f"{arn.rpartition('/')[0]}/*"
    return arn if ":user/" in arn else ""
