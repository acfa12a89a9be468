"""
What a project promises about its policies, and whether that is so.

In:    requests, written as statements are; intrinsic functions and ``${Own}``, the ARN of what has
       the policy, are values of the template.
Out:   a `Promise`, a `Proof`.
Never: how it is decided.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from trailbell.proof.request import Request, to_json


class Claim(StrEnum):
    """What a policy does with the requests of a promise."""

    ALLOWS_ONLY = "allows only"
    """It allows no other request."""
    NEVER_ALLOWS = "never allows"
    """It allows none of them."""
    DENIES = "denies"
    """It denies all of them explicitly, whatever other policies allow."""
    ALLOWS = "allows"
    """It allows all of them."""
    DOES_NOT_DENY = "does not deny"
    """It denies none of them, so that another policy can allow them."""


@dataclass(frozen=True, kw_only=True)
class Where:
    """Which policies: those in a property of resources of a type, whose names match.

    ``logical_id`` and ``stack`` are names with wildcards. The property ``Permissions`` of a role
    is all its identity policies together.
    """

    resource_type: str
    property: str
    logical_id: str = "*"
    stack: str = "*"


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A promise. ``sentence`` is for people, ``requests`` are what the claim is about."""

    name: str
    sentence: str
    where: tuple[Where, ...]
    claim: Claim
    requests: tuple[Mapping[str, Any], ...]


class Verdict(StrEnum):
    """Whether a promise is kept."""

    PROVEN = "proven"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The result for one policy, at all combinations of conditions.

    ``request`` breaks a refuted promise with ``parameters``; ``reasons`` say why one is undecided.
    """

    promise: Promise
    stack: str
    logical_id: str
    verdict: Verdict
    combinations: int
    request: Request | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


def proof_to_json(proof: Proof) -> dict[str, Any]:
    """A proof for programs."""
    result: dict[str, Any] = {
        "promise": proof.promise.name,
        "sentence": proof.promise.sentence,
        "stack": proof.stack,
        "resource": proof.logical_id,
        "verdict": str(proof.verdict),
        "combinations": proof.combinations,
    }
    if proof.request is not None:
        result["request"] = to_json(proof.request)
    if proof.verdict is not Verdict.PROVEN:
        result["parameters"] = dict(proof.parameters)
    if proof.reasons:
        result["reasons"] = list(proof.reasons)
    return result
