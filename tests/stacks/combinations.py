"""
Templates with every combination of their conditions, resolved as CloudFormation resolves them.

In:    a template, and what other stacks export.
Out:   values of parameters that make each condition true and false; a sentence for each thing in
       the resolved template that CloudFormation or a service would refuse.
Never: an opinion on what a resource is for.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from math import prod
from typing import Any

from tests.stacks.matching_texts import matching_texts
from trailbell.template.evaluate import Evaluator, Scope
from trailbell.template.intrinsics import is_intrinsic, references, strings
from trailbell.template.paths import format_path
from trailbell.template.resolve import resolve_template
from trailbell.template.rules import check_rules

Template = Mapping[str, Any]
Values = Mapping[str, str]

PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/stack/1",
    "AWS::StackName": "security-alerts",
    "AWS::URLSuffix": "amazonaws.com",
}
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "AdministratorAccountId": ("111122223333", "123456789012"),
    **{
        f"{severity}Endpoint": ("", f"arn:aws:lambda:us-east-1:111122223333:function:{severity}")
        for severity in ("High", "Medium", "Low", "Events")
    },
    "BaseRegion": ("", "us-east-1", "eu-central-1"),
}
"""Values of parameters that conditions compare with the account or Region of the stack. For all
other parameters `candidates` makes values."""

_MOST_VALUES = 5


def candidates(template: Template, name: str) -> tuple[str, ...]:
    """The values of a parameter that may switch a condition, the default first.

    They are the allowed values, or the default, the texts that conditions compare with the
    parameter, the empty text, and texts that match the pattern, as far as the parameter accepts
    them.
    """
    parameter = template["Parameters"][name]
    compared = [
        text
        for condition in template.get("Conditions", {}).values()
        if name in references(condition)
        for text, _ in strings(condition)
    ]
    default = [str(parameter["Default"])] if "Default" in parameter else []
    allowed = [str(value) for value in parameter.get("AllowedValues", ())]
    bounds = [str(parameter[key]) for key in ("MinValue", "MaxValue") if key in parameter]
    pattern = parameter.get("AllowedPattern")
    if allowed:
        others = [value for value in allowed if value not in (*default, *compared)]
        values = [*default, *(text for text in compared if text in allowed), *others]
        return tuple(dict.fromkeys(values))[:_MOST_VALUES]
    texts = ["", *EXAMPLES.get(name, ()), *compared, *(matching_texts(pattern) if pattern else ())]
    return tuple(
        dict.fromkeys(
            [*default, *bounds, *(text for text in texts if pattern and re.search(pattern, text))]
        )
    )


def first_values(template: Template) -> Values:
    """The default values, and for parameters without one the first value that they can have."""
    return {name: candidates(template, name)[0] for name in _switches(template)}


def combinations_of(template: Template, *, strength: int, most: int) -> list[Values]:
    """Values of the parameters, such that each combination of ``strength`` values occurs.

    The first are the defaults. These are all combinations if there are at most ``most``; otherwise
    random ones are added until there are ``most``. Combinations that a rule of the template refuses
    are left out, because a stack with them cannot exist.
    """
    values = {name: candidates(template, name) for name in _switches(template)}

    def is_accepted(row: Values) -> bool:
        return not check_rules(template, Scope(parameters=row, pseudo=PSEUDO)).violations

    if prod(map(len, values.values())) > most:
        return _covering_rows(values, strength, most, is_accepted)
    rows = (dict(zip(values, row, strict=True)) for row in product(*values.values()))
    return [row for row in rows if is_accepted(row)]


def _switches(template: Template) -> list[str]:
    """The parameters that a condition reads, that can be empty, or that have no default."""
    read = {name for c in template.get("Conditions", {}).values() for name in references(c)}
    return [
        name
        for name, parameter in template.get("Parameters", {}).items()
        if name in read or "Default" not in parameter or "" in candidates(template, name)
    ]


_MOST_ATTEMPTS = 50
"""Random rows that are made for one combination. A rule may refuse it with any other values."""


def _covering_rows(
    values: Mapping[str, Sequence[str]],
    strength: int,
    most: int,
    is_accepted: Callable[[Values], bool],
) -> list[Values]:
    """Rows in which each combination of ``strength`` values occurs; ``most`` rows or more."""
    source = random.Random(0)  # noqa: S311 - the same rows in every run, for no secret
    rows: list[Values] = []
    covered: set[tuple[tuple[str, str], ...]] = set()

    def add(wanted: Mapping[str, str]) -> None:
        for _ in range(_MOST_ATTEMPTS):
            row = {name: source.choice(choices) for name, choices in values.items()} | dict(wanted)
            if is_accepted(row):
                rows.append(row)
                covered.update(combinations(row.items(), strength))
                return

    add({name: first for name, (first, *_) in values.items()})
    for names in combinations(values, strength):
        for row in product(*(values[name] for name in names)):
            wanted = dict(zip(names, row, strict=True))
            if tuple(wanted.items()) not in covered:
                add(wanted)
    for _ in range(most - len(rows)):
        add({})
    return rows


class _AnyText(dict[Any, str]):
    """The attributes of resources: each has every attribute, with an ARN as the value."""

    def __init__(self, resources: Iterable[str]) -> None:
        super().__init__()
        self.resources = frozenset(resources)

    def get(self, key: Any, default: Any = None) -> Any:
        name, attribute = key
        return f"{_arn(name)}/{attribute}" if name in self.resources else default


def _arn(name: str) -> str:
    return f"arn:aws:test:us-east-1:111122223333:{name}"


def scope(template: Template, values: Values, exports: Mapping[str, str] | None = None) -> Scope:
    """The scope of a template with these values: it has the resources that are made with them."""
    evaluator = Evaluator(template, Scope(parameters=values, pseudo=PSEUDO))
    existing = [name for name, r in template["Resources"].items() if evaluator.exists(r)]
    return Scope(
        parameters=values,
        pseudo=PSEUDO,
        physical_ids={name: _arn(name) for name in existing},
        attributes=_AnyText(existing),
        exports=exports or {},
    )


NAMES = {
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::Events::Archive": "ArchiveName",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Logs::MetricFilter": "FilterName",
    "AWS::Logs::QueryDefinition": "Name",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
}
"""The property with the name of a resource, by type. Two resources cannot have the same name."""


_INCOMPLETE = re.compile(
    # An ARN without an account, a path with an empty part.
    r"arn:[^:]*:((cloudtrail|cloudwatch|kms|lambda|logs|sns|sqs):[^:]*::|.*//)"
)


def _keywords(template: Template) -> frozenset[str]:
    """The words that a parameter has instead of a value, such as "none" instead of an ARN."""
    parameters = template.get("Parameters", {})
    return frozenset(
        text
        for condition in template.get("Conditions", {}).values()
        for operands in _comparisons(condition)
        for operand in operands
        if isinstance(operand, dict) and "AllowedPattern" in parameters.get(operand.get("Ref"), {})
        for text in operands
        if isinstance(text, str) and text
    )


def _comparisons(condition: Any) -> Iterator[list[Any]]:
    match condition:
        case {"Fn::Equals": [*operands]}:
            yield operands
        case {"Fn::And": [*inner]} | {"Fn::Or": [*inner]} | {"Fn::Not": [*inner]}:
            for operand in inner:
                yield from _comparisons(operand)


def problems(resolved: Template) -> Iterator[str]:
    """A sentence for each thing in a resolved template that AWS would refuse."""
    keywords = _keywords(resolved)
    for kind in ("Resources", "Outputs"):
        yield from _unresolved_values(resolved[kind], (kind,))
    for name, resource in resolved["Resources"].items():
        needed = resource.get("DependsOn", [])
        for other in [needed] if isinstance(needed, str) else needed:
            if other not in resolved["Resources"]:
                yield f'{name} depends on "{other}", which is not made'
        for key, value in resource.get("Properties", {}).items():
            if key != "EventPattern":  # in which the empty prefix matches any text
                yield from _empty_values(value, (name, key))
            yield from _unusable_texts(value, (name, key), keywords)
    yield from _duplicate_names(resolved)
    for name, output in resolved["Outputs"].items():
        if output["Value"] == "":
            yield f"output {name} is empty"


def _unusable_texts(
    value: Any, path: tuple[str | int, ...], keywords: frozenset[str]
) -> Iterator[str]:
    for text, path_of_text in strings(value, path):
        if text in keywords:
            yield f'{format_path(path_of_text)} is "{text}", which is no value'
        if _INCOMPLETE.match(text):
            yield f'{format_path(path_of_text)} is incomplete: "{text}"'


def _duplicate_names(resolved: Template) -> Iterator[str]:
    for (kind, text), count in Counter(resource_names(resolved)).items():
        if count > 1:
            yield f'{count} resources of type {kind} are called "{text}"'
    outputs = resolved["Outputs"].values()
    exported = Counter(output["Export"]["Name"] for output in outputs if "Export" in output)
    for name, count in exported.items():
        if count > 1:
            yield f'"{name}" is exported twice'


def _unresolved_values(value: Any, path: tuple[str | int, ...]) -> Iterator[str]:
    if is_intrinsic(value):
        yield f"{format_path(path)} cannot be resolved: {value}"
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _unresolved_values(member, (*path, name))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _unresolved_values(member, (*path, index))


def _empty_values(value: Any, path: tuple[str | int, ...]) -> Iterator[str]:
    if value in ("", [], {}):
        yield f"{format_path(path)} is empty: {value!r}"
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _empty_values(member, (*path, name))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _empty_values(member, (*path, index))


def resource_names(template: Template) -> Iterator[tuple[str, str]]:
    """The type and the name of each resource that has a name."""
    for resource in template["Resources"].values():
        name = resource.get("Properties", {}).get(NAMES.get(resource["Type"], ""))
        if isinstance(name, str):
            yield resource["Type"], name


def resolve(
    template: Template, values: Values, exports: Mapping[str, str] | None = None
) -> Template:
    """The template with these values of its parameters."""
    return resolve_template(Evaluator(dict(template), scope(template, values, exports)))
