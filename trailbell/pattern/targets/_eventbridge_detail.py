"""
Alternatives as the ``detail`` of an event pattern, with as little text as possible.

In:    alternatives.
Out:   an object in which fields that alternatives share are written once, outside of ``$or``.
Never: a field both outside and inside of ``$or``, since EventBridge *replaces* the outer matchers
       by the inner ones; or more combinations of ``$or`` than are allowed.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

from trailbell.pattern.array_elements import Path
from trailbell.pattern.targets._eventbridge_alternatives import MAX_COMBINATIONS, Alternative
from trailbell.pattern.targets._eventbridge_matchers import to_json

_OR = "$or"


def to_detail(alternatives: Sequence[Alternative]) -> dict[str, object]:
    """The object that matches if one of the alternatives does."""
    detail = _object(alternatives, grouped=True)
    if _combinations(detail) > MAX_COMBINATIONS:
        return _object(alternatives, grouped=False)
    return detail


def _object(alternatives: Sequence[Alternative], *, grouped: bool) -> dict[str, object]:
    """The alternatives with what all of them share outside of ``$or``.

    ``grouped``: those that share more with each other have an ``$or`` of their own.
    """
    first, *others = alternatives
    shared = {
        member: required
        for member, required in first.items()
        if all(other.get(member) == required for other in others)
    }
    detail: dict[str, object] = {}
    for member, required in shared.items():
        _add(detail, member, [to_json(matcher) for matcher in required])
    if others:
        rest = [_without(alternative, shared) for alternative in alternatives]
        outer = _shared_path(rest)
        inside: list[Alternative] = [
            {path[len(outer) :]: it for path, it in each.items()} for each in rest
        ]
        groups = _groups(inside) if grouped else [[alternative] for alternative in inside]
        _add(detail, (*outer, _OR), [_object(group, grouped=grouped) for group in groups])
    return detail


def _add(detail: dict[str, object], path: Path, value: object) -> None:
    for name in path[:-1]:
        inner = detail.setdefault(name, {})
        assert isinstance(inner, dict)  # guaranteed by the alternatives
        detail = inner
    detail[path[-1]] = value


def _without(alternative: Alternative, shared: Alternative) -> Alternative:
    return {member: it for member, it in alternative.items() if member not in shared}


def _shared_path(alternatives: Sequence[Alternative]) -> Path:
    """The path of the innermost object that all fields are in."""
    paths = [member[:-1] for alternative in alternatives for member in alternative]
    length = 0
    for names in zip(*paths, strict=False):
        if len(set(names)) > 1:
            break
        length += 1
    return paths[0][:length]


def _groups(alternatives: list[Alternative]) -> list[list[Alternative]]:
    """The alternatives, grouped by the field, or else the object, that most have in common."""
    groups: list[list[Alternative]] = []
    while alternatives:
        traits = [_traits(alternative) for alternative in alternatives]
        counts = Counter(trait for each in traits for trait in each)
        common = max(counts, key=lambda trait: counts[trait])
        groups.append([it for it, own in zip(alternatives, traits, strict=True) if common in own])
        alternatives = [
            it for it, own in zip(alternatives, traits, strict=True) if common not in own
        ]
    return groups


def _traits(alternative: Alternative) -> list[Hashable]:
    """The fields of an alternative with their matchers; the object, if all fields are in one."""
    names = {member[0] for member in alternative}
    return [*alternative.items(), *(names if len(names) == 1 else ())]


def _combinations(value: object) -> int:
    """The product of the numbers of branches."""
    product = 1
    if isinstance(value, Mapping):
        for name, member in value.items():
            branches = member if name == _OR else [member]
            product *= len(branches)
            for branch in branches:
                product *= _combinations(branch)
    return product
