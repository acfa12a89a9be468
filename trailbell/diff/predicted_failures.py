"""
Predict which changes CloudFormation will reject.

In:    two templates and the changes between them.
Out:   `Notice`s: a failure where it is certain, a warning where it depends on a value that is only
       known during the deployment.
Never: a failure on suspicion, because a failure blocks a pipeline.
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

_SERVICE_TOKEN = "ServiceToken"  # noqa: S105 - the name of a property
# "Updates are not supported", for each of its properties:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html
_NOT_UPDATABLE = "AWS::CloudFormation::WaitCondition"


def predict_failures(
    before: Template, after: Template, changes: tuple[ResourceChange, ...], region: str
) -> Iterator[Notice]:
    """Predict which of these changes will be rejected, in their order."""
    old, new = resources(before), resources(after)
    yield from _types_of_other_regions(old, new, region)
    by_id = {change.logical_id: change for change in changes}
    for change in changes:
        name = change.logical_id
        if name not in old or name not in new:
            continue
        old_type = type_of(old[name])
        if old_type != change.type:
            # "Update of resource type is not permitted", of custom resources too:
            # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes-update.html
            yield _failure(
                name, f"The resource type cannot change from {old_type}. Use a new logical ID."
            )
        elif is_custom(change.type):
            yield from _check_service_token(change, (before, after), by_id)
        elif change.type == _NOT_UPDATABLE and properties(old[name]) != properties(new[name]):
            yield _failure(
                name,
                "A wait condition cannot be updated. Use new logical IDs for it and its handle.",
            )
        elif change.replacement is Replacement.YES and _keeps_name(
            change, new[name], by_id, region
        ):
            yield _failure(
                name,
                "Requires replacement, but keeps its custom name, and the new resource is created "
                "before the old one is deleted. Change the name too.",
            )


def _types_of_other_regions(
    old: Mapping[str, Any], new: Mapping[str, Any], region: str
) -> Iterator[Notice]:
    """Warn of new resources that the Region may not have: schemas can be older than the type."""
    for kind in dict.fromkeys(type_of(new[name]) for name in new if name not in old):
        if schema(kind) is not None and schema(kind, region) is None:
            yield Notice(
                level=NoticeLevel.WARNING,
                logical_id="",
                text=f"cfn-lint does not know {kind} in {region}. If the Region does not have this "
                "type, CloudFormation rejects the template.",
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
    """Whether the old and the new resource certainly have the same name while both exist."""
    resource_schema = schema(change.type, region)
    if resource_schema is None or resource_schema.deletes_before_create:
        return False
    new = dict(properties(resource))
    return bool(resource_schema.naming) and all(
        _is_unchanged(name, value_at(new, name), change, by_id) for name in resource_schema.naming
    )


def _is_unchanged(
    name: Pointer, value: Any, change: ResourceChange, by_id: Mapping[str, ResourceChange]
) -> bool:
    """Whether a name is certainly set, and certainly the same as before."""
    if value is None or {"AWS::NoValue", *by_id} & set(references(value)):
        return False
    name_path = format_path(name)
    return not any(
        f"{path}.".startswith(f"{name_path}.") or f"{name_path}.".startswith(f"{path}.")
        for path in (property_.path for property_ in change.properties)
    )


# -- service tokens ----------------------------------------------------------------------------


def _check_service_token(
    change: ResourceChange,
    documents: tuple[Template, Template],
    by_id: Mapping[str, ResourceChange],
) -> Iterator[Notice]:
    """Check the service token of a custom resource, which must not change.

    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/802
    """
    old, new = (
        properties(resources(document)[change.logical_id]).get(_SERVICE_TOKEN)
        for document in documents
    )
    causes = [
        property_.cause
        for property_ in change.properties
        if property_.path == _SERVICE_TOKEN and property_.cause
    ]
    if old == new:
        certain = not any(conditions(new)) and any(
            by_id[name].replacement is Replacement.YES for name in references(new) if name in by_id
        )
        if not causes:
            return
    elif _same(old, new):
        return
    else:
        certain = not _may_be_same(old, new, documents)
    why = f" ({'; '.join(causes)})" if causes else ""
    if certain:
        yield _failure(
            change.logical_id,
            f'The service token changes{why}: "Modifying service token is not allowed". Use a new '
            "logical ID for the custom resource.",
            _SERVICE_TOKEN,
        )
    else:
        yield Notice(
            level=NoticeLevel.WARNING,
            logical_id=change.logical_id,
            text=f"The service token may change{why}, which is known after apply. If it changes, "
            "CloudFormation rejects the change: use a new logical ID for the custom resource.",
            path=_SERVICE_TOKEN,
        )


def _same(before: Any, after: Any) -> bool:
    """Whether two values are the same, written differently."""
    text = _text(before)
    return text is not None and text == _text(after)


def _may_be_same(before: Any, after: Any, documents: tuple[Template, Template]) -> bool:
    """Whether two values that are written differently may be the same in some deployment."""
    match before, after:
        case {"Fn::If": [condition, *old]}, {"Fn::If": [other, *new]} if condition == other:
            pairs = list(zip(old, new, strict=False))
        case _:
            pairs = list(product(_branches(before), _branches(after)))
            return any(_may_be_equal(*pair, documents) for pair in pairs)
    return any(old == new or _may_be_same(old, new, documents) for old, new in pairs)


def _branches(value: Any) -> Iterator[Any]:
    match value:
        case {"Fn::If": [_, *inner]}:
            for branch in inner:
                yield from _branches(branch)
        case _:
            yield value


def _may_be_equal(before: Any, after: Any, documents: tuple[Template, Template]) -> bool:
    if before == after or any(mappings([before, after])):
        return True
    old, new = (
        _with_defaults(_text(value), document)
        for value, document in zip((before, after), documents, strict=True)
    )
    return any(_can_match(a, b) or _can_match(b, a) for a, b in product(old, new))


def _text(value: Any) -> str | None:
    """Return a value as ``Fn::Sub`` writes it; None if it cannot."""
    match value:
        case str():
            return value
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Sub": str(text)}:
            return text
        case {"Fn::Sub": [str(text), dict(variables)]}:
            parts = {name: _text(variable) for name, variable in variables.items()}
            return SUB_VARIABLE.sub(lambda match: parts.get(match[1]) or match[0], text)
        case {"Fn::Join": [str(delimiter), list(entries)]}:
            texts = [_text(entry) for entry in entries]
            return None if None in texts else delimiter.join(t for t in texts if t is not None)
        case _:
            return None


def _with_defaults(text: str | None, document: Template) -> set[str]:
    """Return a text, and the same text with the defaults of its parameters."""
    if text is None:
        return set()
    parameters = section(document, "Parameters")

    def default(match: re.Match[str]) -> str:
        value = parameters.get(match[1])
        return str(value["Default"]) if isinstance(value, dict) and "Default" in value else match[0]

    return {text, SUB_VARIABLE.sub(default, text)}


def _can_match(text: str, pattern: str) -> bool:
    """Whether a text can be the value of a pattern with pseudo parameters."""
    parts = re.split(r"\$\{AWS::[^}]+\}", pattern)
    return re.fullmatch(".+".join(map(re.escape, parts)), text, re.DOTALL) is not None
