"""
What three members of a record must contain for a pattern to match it.

In:    a condition.
Out:   texts that the ARN of the caller, the name of its role or ``requestParameters`` must contain.
       They are decoded together with the key fields, so that the place of the record need not be
       known.
Never: a text that only some records that match have.

Most detections that the key fields do not exclude are about these members. Like
`trailbell.cloudtrail.required_text`, but without a search in the whole record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trailbell.cloudtrail.key_fields import Fields, caller_arn, request_json, role_name
from trailbell.cloudtrail.required_text import has_escapes, longest_piece, quoted_name, required
from trailbell.pattern.ast import (
    Clause,
    Condition,
    Member,
    Selector,
)

ARN = Selector((Member("userIdentity"), Member("arn")))
ROLE_NAME = Selector(
    tuple(map(Member, ("userIdentity", "sessionContext", "sessionIssuer", "userName")))
)
REQUEST = Member("requestParameters")


class _Place(StrEnum):
    ARN = "arn"
    ROLE_NAME = "role name"
    REQUEST = "request"


@dataclass(frozen=True, slots=True, order=True)
class _Piece:
    """A text in a member, which is then present; of the parameters, in their JSON."""

    place: _Place
    text: str


_PLACES = {ARN: _Place.ARN, ROLE_NAME: _Place.ROLE_NAME}
_Alternatives = frozenset[_Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One of these texts is required."""

    in_arn: tuple[str, ...] = ()
    in_role_name: tuple[str, ...] = ()
    in_request: tuple[bytes, ...] = ()

    def is_met(self, record: Fields) -> bool:
        """Whether a record with the fields of `KeyFields` has one of them."""
        return (
            (bool(self.in_arn) and _has_any(caller_arn(record), self.in_arn))
            or (bool(self.in_role_name) and _has_any(role_name(record), self.in_role_name))
            or (bool(self.in_request) and self.is_in_request(record))
        )

    def is_in_request(self, record: Fields) -> bool:
        """Whether the parameters of the request have one of them."""
        request = request_json(record)
        if request is None:
            return False
        for literal in self.in_request:
            if literal in request:
                return True
        return has_escapes(request)


def _has_any(member: object, texts: tuple[str, ...]) -> bool:
    return isinstance(member, str) and any(text in member for text in texts)


RequiredMembers = tuple[Requirement, ...]
"""Each of these is required; nothing is, if there are none."""


def compile_test(candidates: Sequence[RequiredMembers]) -> Callable[[Fields], bool] | None:
    """
    Compile whether a record has what any of several candidates requires.

    `None` if one of them requires nothing.
    """
    tests = [_compile(requirements) for requirements in candidates if requirements]
    if len(tests) < len(candidates):
        return None
    if len(tests) == 1:
        return tests[0]

    def test(record: Fields) -> bool:
        for each in tests:  # noqa: SIM110 # any() over a generator takes twice as long
            if each(record):
                return True
        return False

    return test


def _compile(requirements: RequiredMembers) -> Callable[[Fields], bool]:
    match requirements:
        case (Requirement(in_arn=(text,), in_role_name=(), in_request=()),):  # of most records

            def contains(record: Fields) -> bool:
                identity = record.m_userIdentity  # without a call, see `caller_arn`
                arn = None if identity is None else identity.m_arn
                return arn.__class__ is str and text in arn

            return contains
        case (Requirement(in_arn=(), in_role_name=()) as in_request,):
            return in_request.is_in_request
        case (only,):
            return only.is_met
        case _:
            return lambda record: all(each.is_met(record) for each in requirements)


def required_members(condition: Condition, decided: frozenset[Selector]) -> RequiredMembers:
    """What must be in the members. ``decided`` are fields whose clauses were evaluated before."""
    found = sorted(
        required(condition, decided, _pieces, _rarity), key=lambda each: (len(each), sorted(each))
    )
    return tuple(
        Requirement(
            in_arn=_texts(alternatives, _Place.ARN),
            in_role_name=_texts(alternatives, _Place.ROLE_NAME),
            in_request=tuple(map(str.encode, _texts(alternatives, _Place.REQUEST))),
        )
        for alternatives in found
    )


def _texts(alternatives: _Alternatives, place: _Place) -> tuple[str, ...]:
    return tuple(sorted(piece.text for piece in alternatives if piece.place is place))


def _rarity(alternatives: _Alternatives) -> tuple[int, int, list[_Piece]]:
    return -len(alternatives), min(len(piece.text) for piece in alternatives), sorted(alternatives)


def _pieces(clause: Clause) -> list[_Piece]:
    value = longest_piece(clause)
    place = _PLACES.get(clause.selector)
    if place:
        return [_Piece(place, value)] if value else []
    first, *rest = clause.selector.steps
    if first != REQUEST:
        return []
    names = [step.name for step in rest if isinstance(step, Member)]
    texts = [text for text in (*map(quoted_name, names[-1:]), value) if text]
    return [_Piece(_Place.REQUEST, text) for text in texts or [""]]
