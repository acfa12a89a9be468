"""
What CloudFormation will refuse, as far as two templates tell.

In:    two templates and the changes between them.
Out:   `Notice`s: a failure where it is sure, a warning where it hangs on a value that only the
       deployment knows.
Never: a failure on suspicion. It blocks a pipeline.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from trailbell.diff.model import Notice, NoticeLevel, Replacement, ResourceChange
from trailbell.diff.resource_schema import Pointer, is_custom, schema
from trailbell.template import Template
from trailbell.template.intrinsics import SUB_VARIABLE, conditions, mappings, references
from trailbell.template.paths import format_path, value_at
from trailbell.template.resources import properties, resources, section, type_of

_TOKEN = "ServiceToken"  # noqa: S105 - a property's name
# "Updates are not supported", for each of its properties:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html
_FIXED = "AWS::CloudFormation::WaitCondition"


def remarks(
    before: Template, after: Template, changed: tuple[ResourceChange, ...], region: str
) -> Iterator[Notice]:
    """What will be refused of these changes, in their order."""
    old, new = resources(before), resources(after)
    by_id = {change.logical_id: change for change in changed}
    for change in changed:
        name = change.logical_id
        if name not in old or name not in new:
            continue
        was = type_of(old[name])
        if was != change.type:
            # "Update of resource type is not permitted", of custom resources too:
            # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes-update.html
            yield _failure(name, f"was {was}; a type never changes, give it a new logical id")
        elif is_custom(change.type):
            yield from _token(change, (before, after), by_id)
        elif change.type == _FIXED and properties(old[name]) != properties(new[name]):
            yield _failure(
                name, "a wait condition cannot be updated; give it, and its handle, new logical ids"
            )
        elif change.replacement is Replacement.YES and _keeps_name(
            change, new[name], by_id, region
        ):
            yield _failure(
                name,
                "is replaced but keeps the name that the template gives it, and the new one is "
                "made first; change the name too",
            )


def _failure(logical_id: str, text: str, path: str = "") -> Notice:
    return Notice(level=NoticeLevel.FAILURE, logical_id=logical_id, text=text, path=path)


# -- names -------------------------------------------------------------------------------------


def _keeps_name(
    change: ResourceChange,
    resource: Mapping[str, Any],
    by_id: Mapping[str, ResourceChange],
    region: str,
) -> bool:
    """Whether old and new resource would surely have one name while both exist."""
    kind = schema(change.type, region)
    if kind is None or kind.deleted_first:
        return False
    given = dict(properties(resource))
    return bool(kind.naming) and all(
        _stays(name, value_at(given, name), change, by_id) for name in kind.naming
    )


def _stays(
    name: Pointer, value: Any, change: ResourceChange, by_id: Mapping[str, ResourceChange]
) -> bool:
    """Whether a name is surely given, and surely the one from before."""
    if value is None or {"AWS::NoValue", *by_id} & set(references(value)):
        return False
    own = format_path(name)
    return not any(
        f"{path}.".startswith(f"{own}.") or f"{own}.".startswith(f"{path}.")
        for path in (each.path for each in change.properties)
    )


# -- service tokens ----------------------------------------------------------------------------


def _token(
    change: ResourceChange,
    documents: tuple[Template, Template],
    by_id: Mapping[str, ResourceChange],
) -> Iterator[Notice]:
    """The service token of a custom resource, which must stay what it is.

    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/802
    """
    pair = [properties(resources(each)[change.logical_id]).get(_TOKEN) for each in documents]
    causes = [each.cause for each in change.properties if each.path == _TOKEN and each.cause]
    if pair[0] == pair[1]:
        sure = not any(conditions(pair[1])) and any(
            by_id[name].replacement is Replacement.YES
            for name in references(pair[1])
            if name in by_id
        )
        if not causes:
            return
    elif _same(pair[0], pair[1]):
        return
    else:
        sure = not _perhaps_same(pair[0], pair[1], documents)
    why = f" ({'; '.join(causes)})" if causes else ""
    if sure:
        yield _failure(
            change.logical_id,
            f'changes{why}: "Modifying service token is not allowed"; give the custom resource a '
            "new logical id",
            _TOKEN,
        )
    else:
        yield Notice(
            level=NoticeLevel.WARNING,
            logical_id=change.logical_id,
            text=f"perhaps changes{why}, which is known only when it is deployed; if it does, "
            "CloudFormation refuses it: give the custom resource a new logical id",
            path=_TOKEN,
        )


def _same(before: Any, after: Any) -> bool:
    """Whether two values are one, written in two ways."""
    text = _text(before)
    return text is not None and text == _text(after)


def _perhaps_same(before: Any, after: Any, documents: tuple[Template, Template]) -> bool:
    """Whether two values that are written differently may be one in some deployment."""
    match before, after:
        case {"Fn::If": [was, *old]}, {"Fn::If": [now, *new]} if was == now:
            pairs = list(zip(old, new, strict=False))
        case _:
            pairs = list(product(_branches(before), _branches(after)))
            return any(_alike(*pair, documents) for pair in pairs)
    return any(one == other or _perhaps_same(one, other, documents) for one, other in pairs)


def _branches(value: Any) -> Iterator[Any]:
    match value:
        case {"Fn::If": [_, *inner]}:
            for each in inner:
                yield from _branches(each)
        case _:
            yield value


def _alike(before: Any, after: Any, documents: tuple[Template, Template]) -> bool:
    if before == after or any(mappings([before, after])):
        return True
    old, new = (
        _with_defaults(_text(value), document)
        for value, document in zip((before, after), documents, strict=True)
    )
    return any(_fits(a, b) or _fits(b, a) for a, b in product(old, new))


def _text(value: Any) -> str | None:
    """A value as ``Fn::Sub`` would write it; None for one that it cannot write."""
    match value:
        case str():
            return value
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Sub": str(text)}:
            return text
        case {"Fn::Sub": [str(text), dict(own)]}:
            parts = {name: _text(each) for name, each in own.items()}
            return SUB_VARIABLE.sub(lambda found: parts.get(found[1]) or found[0], text)
        case {"Fn::Join": [str(between), list(entries)]}:
            texts = [_text(entry) for entry in entries]
            return None if None in texts else between.join(t for t in texts if t is not None)
        case _:
            return None


def _with_defaults(text: str | None, document: Template) -> set[str]:
    """A text, and the same with the defaults of the parameters that it names."""
    if text is None:
        return set()
    parameters = section(document, "Parameters")

    def default(found: re.Match[str]) -> str:
        value = parameters.get(found[1])
        return str(value["Default"]) if isinstance(value, dict) and "Default" in value else found[0]

    return {text, SUB_VARIABLE.sub(default, text)}


def _fits(text: str, pattern: str) -> bool:
    """Whether a text may be what another stands for, as far as that names the Region and such."""
    parts = re.split(r"\$\{AWS::[^}]+\}", pattern)
    return re.fullmatch(".+".join(map(re.escape, parts)), text, re.DOTALL) is not None
