"""
Which causes of notifications may be an attack, and are not tuned away.

In:    a candidate, and the hits of all detections.
Out:   the reason not to propose it; what to look at before a proposal is accepted.
Never: a claim that something is harmless. Records do not say that.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

from trailbell.catalog.known_values import KnownValues
from trailbell.replay.hit import Hit
from trailbell.replay.tuning.candidate import Candidate, day_of
from trailbell.wording import list_names, pluralize

# https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
_ROLE_OF_PEOPLE = re.compile(r"(?:^|[:/])(?:aws-reserved/.*/)?AWSReservedSSO_")


@dataclass(frozen=True)
class Surroundings:
    """
    What is known beyond the hits of one detection.

    ``recurring`` are the days on which an identity must have events. ``detections_by_identity`` are
    the detections that fire on events of each identity, ``severities`` those of detections by ID.
    """

    recurring: int
    known: KnownValues
    detections_by_identity: Mapping[str, Set[str]]
    severities: Mapping[str, str]


def reason_to_hold_back(
    candidate: Candidate, hits: Sequence[Hit], surroundings: Surroundings
) -> str:
    """Why a candidate is not proposed, as a clause; empty if it may be."""
    days = candidate.days
    if len(days) < surroundings.recurring:
        return (
            f"it has events on {pluralize(len(days), 'day')} only ({', '.join(days)}), fewer than "
            f"{surroundings.recurring}; a burst may be an attack, so look at it first"
        )
    if rare := _rare_identities(candidate, hits, surroundings.recurring):
        return (
            f"it would also silence {list_names(rare, 'identity')}, with events on fewer than "
            f"{pluralize(surroundings.recurring, 'day')}, which may be an attack"
        )
    if unusual := _unusual_addresses(candidate, hits, surroundings.recurring):
        return (
            f"events of it come from {list_names(unusual, 'address')} on fewer than "
            f"{pluralize(surroundings.recurring, 'day')}, unlike all others; its credentials may "
            "be stolen"
        )
    exclusion = candidate.exclusion
    if exclusion.key == "source_ips" and not _is_known(exclusion.value, surroundings.known):
        return (
            "an address is no identity, and this one is not in trusted_addresses; stolen "
            "credentials could be used from it"
        )
    return ""


def _rare_identities(candidate: Candidate, hits: Sequence[Hit], recurring: int) -> list[str]:
    """The identities that an exclusion would silence although they have events on few days."""
    days = _days(candidate, hits, lambda hit: hit.identity)
    return sorted(name for name, own in days.items() if len(own) < recurring)


def _unusual_addresses(candidate: Candidate, hits: Sequence[Hit], recurring: int) -> list[str]:
    """The few addresses with events on few days, of a cause whose other addresses recur.

    There are none if its addresses change all the time, as those of many pipelines do.
    """
    days = _days(candidate, hits, lambda hit: hit.address)
    addresses = {address: own for address, own in days.items() if _is_address(address)}
    rare = sorted(address for address, own in addresses.items() if len(own) < recurring)
    is_unlike_others = len(rare) <= min(_FEW_ADDRESSES, len(addresses) - len(rare))
    return rare if is_unlike_others else []


def _days(
    candidate: Candidate, hits: Sequence[Hit], value_of: Callable[[Hit], str]
) -> dict[str, set[str]]:
    """The days on which each value of a member has events that would be silenced."""
    days: dict[str, set[str]] = {}
    for position in candidate.silenced:
        hit = hits[position]
        days.setdefault(value_of(hit), set()).add(day_of(hit.time))
    return days


def _is_known(address: str, known: KnownValues) -> bool:
    """Whether it is a trusted address, or the name of a calling service."""
    trusted = known.by_setting.get("trusted_addresses", ())
    if any(address == each or _starts(address, each) for each in trusted):
        return True
    return not _is_address(address)


def _is_address(text: str) -> bool:
    """Whether it is an IP address, and not the name of a calling service."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _starts(address: str, beginning: str) -> bool:
    return beginning.endswith("*") and address.startswith(beginning[:-1])


def notes_on(
    candidate: Candidate, detection: str, hits: Sequence[Hit], surroundings: Surroundings
) -> tuple[str, ...]:
    """What to look at before a proposal is accepted, in sentences."""
    own = [hits[position] for position in candidate.silenced]
    identities = {hit.identity for hit in own}
    notes = []
    if note := note_on_kind(candidate, identities):
        notes.append(note)
    others = set().union(*(surroundings.detections_by_identity[name] for name in identities))
    high = sorted(name for name in others - {detection} if surroundings.severities[name] == "high")
    if high:
        notes.append(f"The same identity also fires {list_names(high, 'detection')} (high).")
    if foreign := _foreign_accounts(own, surroundings.known):
        notes.append(f"It is in {list_names(foreign, 'account')}, which is not in own_accounts.")
    addresses = {hit.address for hit in own}
    if len(addresses) > _FEW_ADDRESSES:
        notes.append(f"Its events come from {len(addresses):,} addresses.")
    return tuple(notes)


_FEW_ADDRESSES = 3


def _foreign_accounts(hits: Sequence[Hit], known: KnownValues) -> list[str]:
    """The accounts of callers that have no records of their own here, and that are not known."""
    own = {*known.own_accounts, *(hit.account for hit in hits)}
    callers = {hit.identity.split(":")[4] for hit in hits if hit.identity.startswith("arn:")}
    return sorted(callers - own)


def note_on_kind(candidate: Candidate, identities: Set[str]) -> str:
    """What to know of any exclusion of this kind, as a sentence; or empty."""
    key, value = candidate.exclusion.key, candidate.exclusion.value
    if key == "principal_arns" and ":user/" in value:
        return "This is a user: with its access key, or its password, anyone can act as it."
    if key == "roles" and _ROLE_OF_PEOPLE.search(value):
        return "This is a role of people, who sign in with IAM Identity Center."
    if key == "roles" and not value.startswith(("/", "arn:")):
        return "Every role of this name is excluded, on any path and in any account."
    if key == "roles" and value.startswith("/"):
        return "The role on this path is excluded in every account."
    if key == "services":
        return "Anyone who may use this service can act through it without a notification."
    if key == "source_ips":
        return f"{pluralize(len(identities), 'identity', 'identities')} used this address."
    if key == "events":
        return "These events are excluded for every caller."
    return ""
