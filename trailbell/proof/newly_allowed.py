"""
What a changed policy allows that it did not allow before.

In:    two policy documents, with intrinsic functions.
Out:   an example of a request that is newly allowed, or None: there is none; or `Undecided`.
Never: the values of a deployment. An intrinsic function is a text of its own, the same in both
       documents; conditions of the template are all combined.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from trailbell.proof.classes import UndecidableError
from trailbell.proof.decide import FindRequest
from trailbell.proof.encoding import allowed, statements_of
from trailbell.proof.formula import every, negate
from trailbell.proof.request import Request
from trailbell.proof.simplify import without_needless_keys
from trailbell.template.intrinsics import conditions, is_intrinsic

MOST_CONDITIONS = 8
"""Conditions in both documents. With more, the result is undecided."""


@dataclass(frozen=True)
class Undecided:
    """Why it is not known whether more is allowed."""

    reasons: tuple[str, ...]


def newly_allowed(
    before: Sequence[Any], after: Sequence[Any], find: FindRequest
) -> Request | Undecided | None:
    """A request that the documents ``after`` allow together, and those ``before`` do not."""
    names = sorted({*conditions(list(before)), *conditions(list(after))})
    if len(names) > MOST_CONDITIONS:
        return Undecided(("the policies depend on too many conditions",))
    reasons: set[str] = set()
    for row in product((True, False), repeat=len(names)):
        holds = dict(zip(names, row, strict=True))
        old = allowed(_statements(before, holds))
        more = every((allowed(_statements(after, holds)), negate(old)))
        try:
            if find(more.may) is None:
                continue
            request = find(more.must)
        except UndecidableError as error:
            return Undecided((str(error),))
        if request is not None:
            return without_needless_keys(request, more.must)
        reasons |= more.reasons
    return Undecided(tuple(sorted(reasons))) if reasons else None


def _statements(documents: Sequence[Any], holds: Mapping[str, bool]) -> Iterator[Any]:
    for document in documents:
        yield from statements_of(_symbolic(document, holds))


_GONE = object()


def _symbolic(value: Any, holds: Mapping[str, bool]) -> Any:
    """The value with a text for each intrinsic function, as these conditions decide."""
    match value:
        case {"Fn::If": [str(name), yes, no]} if name in holds:
            return _symbolic(yes if holds[name] else no, holds)
        case {"Ref": "AWS::NoValue"}:
            return _GONE
        case {"Fn::Sub": str(text)}:
            return text.replace("${", "<").replace("}", ">")
        case dict() if is_intrinsic(value):
            ((name, argument),) = value.items()
            text = argument if isinstance(argument, str) else json.dumps(argument, sort_keys=True)
            return f"<{text}>" if name == "Ref" else f"<{name} {_plain(text)}>"
        case dict():
            members = ((name, _symbolic(member, holds)) for name, member in value.items())
            return {name: member for name, member in members if member is not _GONE}
        case list():
            entries = (_symbolic(entry, holds) for entry in value)
            return [entry for entry in entries if entry is not _GONE]
        case _:
            return value


def _plain(text: str) -> str:
    """A text without wildcards and variables of policies."""
    return text.replace("*", "(any)").replace("?", "(one)").replace("${", "<").replace("}", ">")
