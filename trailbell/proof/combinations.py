"""
The policies of a template at every combination of the conditions that they depend on.

In:    a template, and what other templates export.
Out:   values of parameters that make each of these conditions true and false, as far as they can
       be, and an evaluator for each combination.
Never: a value that the parameter or a rule of the template refuses. A parameter without a value
       that is known stays unknown.

A text that decides no condition has one value, which is like no other. If it may contain wildcards,
it has one with them, too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from trailbell.template import Template
from trailbell.template.evaluate import Evaluator, Scope, as_text
from trailbell.template.intrinsics import conditions as condition_names
from trailbell.template.intrinsics import references, strings
from trailbell.template.resources import section
from trailbell.template.rules import check_rules

MOST_COMBINATIONS = 4096
"""Combinations of one policy. More are refused, so that a proof ends."""

PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/stack/1",
    "AWS::StackName": "the-stack",
    "AWS::URLSuffix": "amazonaws.com",
}
"""The account, Region and stack of examples."""

_SAMPLES = (
    *("123456789012", "o-a1b2c3d4e5", "eu-central-1", "arn:aws:iam::123456789012:role/Reader"),
    *("arn:aws:sns:us-east-1:111122223333:{name}", "{name}", "arn:aws:es:us-east-1:111122223333"),
    *("arn:aws:lambda:us-east-1:111122223333:function:{name}", "you@example.com", "7", "90"),
    *("arn:aws:events:us-east-1:123456789012:event-bus/{name}", "1"),
    *("arn:aws:es:us-east-1:111122223333:domain/{lower}", "{lower}"),
    *("arn:aws:kms:us-east-1:111122223333:key/{name}", "sample"),
    *("arn:aws:logs:us-east-1:111122223333:log-group:{name}", "T0123ABCD", "C0123ABCD"),
    *("00000000-0000-4000-8000-000000000000", "19:sample@thread.tacv2"),
    *("arn:aws:aoss:us-east-1:111122223333:collection/{lower}", "https://{lower}.example.com"),
    "https://{lower}.us-east-1.es.amazonaws.com",
)
_WITH_WILDCARDS = ("*", "{name}*", "arn:aws:iam::123456789012:role/*", "arn:aws:logs:*:*:*")


def evaluators(
    template: Template, parts: Sequence[Any], exports: Mapping[str, str]
) -> Iterator[Evaluator]:
    """An evaluator for each combination that makes a difference to these parts of a template.

    Raises `OverflowError` for too many.
    """
    reached = _reached(template, parts)
    ruled = (_reached(template, rule) for rule in section(template, "Rules").values())
    tied = {name for names in ruled if names & reached for name in names}
    switching = {
        name: found
        for name in sorted((reached | tied) & section(template, "Parameters").keys())
        if (found := candidates(template, name))
    }
    places = {name: found for name in _PLACES if len(found := _places(template, parts, name)) > 1}
    if prod(map(len, (*switching.values(), *places.values()))) > MOST_COMBINATIONS:
        raise OverflowError("there are too many combinations of parameters")
    defaults = {name: candidates(template, name)[:1] for name in section(template, "Parameters")}
    rest = {name: found[0] for name, found in defaults.items() if found}
    for row in product(*switching.values()):
        parameters = {**rest, **dict(zip(switching, row, strict=True))}
        for values in product(*places.values()):
            pseudo = {**PSEUDO, **dict(zip(places, values, strict=True))}
            refused = check_rules(template, Scope(parameters=parameters, pseudo=pseudo)).violations
            if not refused:
                yield evaluator(template, parameters, exports, pseudo)


def constant_conditions(
    template: Template, parts: Sequence[Any], rows: Sequence[Evaluator]
) -> dict[str, bool]:
    """The conditions that these parts depend on, and that have the same value in all rows."""
    reached = sorted(_reached(template, parts) & section(template, "Conditions").keys())
    values = {name: {row.condition(name) for row in rows} for name in reached}
    return {name: found.pop() is True for name, found in values.items() if len(found) == 1}


_PLACES = ("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix")


def _places(template: Template, parts: Sequence[Any], name: str) -> tuple[str, ...]:
    """The values of a pseudo parameter that a condition compares with, or a mapping has."""
    conditions = section(template, "Conditions")
    reached = _reached(template, parts)
    read = [*parts, *(conditions[each] for each in sorted(reached & conditions.keys()))]
    return tuple(dict.fromkeys([PSEUDO[name], *_compared_with(template, read, {"Ref": name})]))


def _compared_with(template: Template, value: Any, wanted: Any) -> Iterator[str]:
    """The texts that a value is equal to in a condition, and the keys that it has in mappings."""
    match value:
        case {"Fn::Equals": [left, right]}:
            others = [right] if left == wanted else [left] if right == wanted else []
            yield from (other for other in others if isinstance(other, str))
        case {"Fn::FindInMap": [str(name), first, second, *_]}:
            mapping = section(template, "Mappings").get(name, {})
            if first == wanted:
                yield from mapping
            if second == wanted:
                yield from (key for member in mapping.values() for key in member)
        case dict():
            for member in value.values():
                yield from _compared_with(template, member, wanted)
        case list():
            for member in value:
                yield from _compared_with(template, member, wanted)


def evaluator(
    template: Template,
    parameters: Mapping[str, str],
    exports: Mapping[str, str],
    pseudo: Mapping[str, str] = PSEUDO,
) -> Evaluator:
    """An evaluator with names for resources. The names of a stack are like no others."""
    first = Scope(parameters=parameters, pseudo=pseudo, exports=exports)
    names = {
        logical_id: name
        for logical_id, resource in section(template, "Resources").items()
        if isinstance(resource, dict)
        and (name := _arn(logical_id, resource, Evaluator(template, first)))
    }
    return Evaluator(
        template,
        Scope(
            parameters=parameters,
            pseudo=pseudo,
            exports=exports,
            physical_ids={logical_id: pair[0] for logical_id, pair in names.items()},
            attributes={(logical_id, "Arn"): pair[1] for logical_id, pair in names.items()},
        ),
    )


def _arn(logical_id: str, resource: Mapping[str, Any], first: Evaluator) -> tuple[str, str] | None:
    """What Ref and the attribute ``Arn`` of a resource return; None for other types."""
    kind = _KINDS.get(str(resource.get("Type")))
    if kind is None:
        return None
    property_name, arn, returns_arn = kind
    properties = resource.get("Properties")
    given = first.value((properties or {}).get(property_name)) if property_name else None
    name = given if isinstance(given, str) and given else f"stack-{logical_id}"
    if resource.get("Type") == "AWS::S3::Bucket":
        name = name.lower()
    full = arn.format(name=name)
    for pseudo, value in first.scope.pseudo.items():
        if pseudo in _PLACES and value != PSEUDO[pseudo]:
            full = full.replace(f":{PSEUDO[pseudo]}:", f":{value}:")
    return (full if returns_arn else name), full


_HERE = "us-east-1:111122223333"
_KINDS: Mapping[str, tuple[str, str, bool]] = {
    "AWS::Events::EventBus": ("Name", f"arn:aws:events:{_HERE}:event-bus/{{name}}", False),
    "AWS::Events::Rule": ("Name", f"arn:aws:events:{_HERE}:rule/{{name}}", False),
    "AWS::IAM::ManagedPolicy": (
        "ManagedPolicyName",
        "arn:aws:iam::111122223333:policy/{name}",
        True,
    ),
    "AWS::IAM::Role": ("RoleName", "arn:aws:iam::111122223333:role/{name}", False),
    "AWS::KMS::Key": ("", f"arn:aws:kms:{_HERE}:key/{{name}}", False),
    "AWS::Logs::LogGroup": ("LogGroupName", f"arn:aws:logs:{_HERE}:log-group:{{name}}:*", False),
    "AWS::OpenSearchServerless::Collection": (
        "Name",
        f"arn:aws:aoss:{_HERE}:collection/{{name}}",
        False,
    ),
    "AWS::S3::Bucket": ("BucketName", "arn:aws:s3:::{name}", False),
    "AWS::SNS::Topic": ("TopicName", f"arn:aws:sns:{_HERE}:{{name}}", True),
    "AWS::SQS::Queue": ("QueueName", f"arn:aws:sqs:{_HERE}:{{name}}", False),
}
"""By type: the property with the name, the ARN, and whether Ref returns it."""


def exports_of(templates: Sequence[Template]) -> dict[str, str]:
    """What templates export with the defaults of their parameters. The first one counts."""
    found: dict[str, str] = {}
    for template in templates:
        first = {name: candidates(template, name)[:1] for name in section(template, "Parameters")}
        given = {name: values[0] for name, values in first.items() if values}
        scope = evaluator(template, given, {})
        for output in section(template, "Outputs").values():
            if isinstance(output, dict) and "Export" in output:
                name, value = scope.text(output["Export"].get("Name")), scope.text(output["Value"])
                if name and value:
                    found.setdefault(name, value)
    return found


def candidates(template: Template, name: str) -> tuple[str, ...]:
    """Values of a parameter that switch conditions, the default first; none if none is known."""
    parameter = section(template, "Parameters")[name]
    deciding = (*section(template, "Conditions").values(), *section(template, "Rules").values())
    about = [each for each in deciding if name in references(each)]
    compared = [text for each in about for text in _compared(each)]
    default = [as_text(parameter["Default"])] if "Default" in parameter else []
    if "AllowedValues" in parameter:
        accepted = [as_text(value) for value in parameter["AllowedValues"]]
        return tuple(dict.fromkeys([*default, *accepted]))
    fitting = [
        found
        for texts in ((_SAMPLES,) if about or not default else ()) + (_WITH_WILDCARDS,)
        if (found := _first_accepted(parameter, name, texts, {*compared, *default})) is not None
    ]
    others = [text for text in compared if _accepts(parameter, text)]
    # A condition can compare a part of the value, such as what is before ":domain/".
    whole = [
        found
        for part in compared
        if part and part not in others
        for samples in (_SAMPLES, _WITH_WILDCARDS)
        if (found := _first_accepted(parameter, name, [s for s in samples if part in s], set()))
    ]
    return tuple(dict.fromkeys([*default, *others, *fitting, *whole]))


def _compared(condition: Any) -> Iterator[str]:
    """The texts in a condition, also those of the account and the Region."""
    yield from (text for text, _ in strings(condition))
    yield from (PSEUDO[name] for name in references(condition) if name in PSEUDO)


def _first_accepted(
    parameter: Mapping[str, Any], name: str, samples: Sequence[str], used: set[str]
) -> str | None:
    texts = (sample.format(name=name, lower=name.lower()) for sample in samples)
    return next((text for text in texts if text not in used and _accepts(parameter, text)), None)


def _accepts(parameter: Mapping[str, Any], text: str) -> bool:
    if len(text) > int(parameter.get("MaxLength", len(text))):
        return False
    if str(parameter.get("Type")) == "Number" and not text.isdecimal():
        return False
    pattern = parameter.get("AllowedPattern")
    try:
        return pattern is None or re.search(f"^(?:{pattern})$", text) is not None
    except re.error:
        return False


def _reached(template: Template, value: Any, seen: frozenset[str] = frozenset()) -> set[str]:
    """The parameters and conditions that a value depends on, also through conditions."""
    conditions = section(template, "Conditions")
    found = {*references(value), *condition_names(value)} - seen
    for name in found & conditions.keys():
        found = found | _reached(template, conditions[name], seen | found)
    return found
