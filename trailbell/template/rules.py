"""
The Rules of a template: which values of its parameters contradict each other.

In:    a template, and a `Scope`: the values of parameters and pseudo parameters.
Out:   a `RuleCheck`: the assertions that are violated, and the rules whose outcome is not known.
Never: a violation that is not certain, or the value of a NoEcho parameter.

CloudFormation evaluates Rules before it creates or updates anything, in each stack. In a StackSet
that is in each account, after the StackSet has the parameters; so they are evaluated here too.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.template import Template
from trailbell.template.evaluate import UNKNOWN, Evaluator, Scope, as_text, is_unknown
from trailbell.template.intrinsics import is_intrinsic, references
from trailbell.template.resources import secret_parameters, section

HIDDEN = "hidden, because of NoEcho"


@dataclass(frozen=True, kw_only=True)
class Violation:
    """An assertion that does not hold. ``values`` are those of the parameters that it reads."""

    rule: str
    description: str = ""
    values: Mapping[str, str]

    def __str__(self) -> str:
        """For example ``rule KeyRule: The key must be local. (Key "x", Mode "strict")``."""
        values = ", ".join(f"{name} {text}" for name, text in self.values.items())
        parts = (f"rule {self.rule}:", self.description, f"({values})" if values else "")
        return " ".join(part for part in parts if part).removesuffix(":")


@dataclass(frozen=True, kw_only=True)
class RuleCheck:
    """What the Rules say about values. ``unknown`` are names of rules that only CloudFormation
    can evaluate, because they depend on a value or an attribute that is not known here.
    """

    violations: tuple[Violation, ...] = ()
    unknown: tuple[str, ...] = ()


def check_rules(template: Template, scope: Scope) -> RuleCheck:
    """Evaluate all rules of a template. A rule that is malformed is unknown."""
    evaluator = Evaluator(template, scope)
    violations, unknown = [], []
    for name, rule in section(template, "Rules").items():
        for holds, condition, assertion in _assertions(evaluator, rule):
            if holds is None:
                unknown.append(name)
            elif not holds:
                description = str(assertion.get("AssertDescription") or "")
                read = [condition, assertion.get("Assert")]
                values = dict(_shown_values(evaluator, read))
                violations.append(Violation(rule=name, description=description, values=values))
    return RuleCheck(violations=tuple(violations), unknown=tuple(dict.fromkeys(unknown)))


def refers_to(template: Template, name: str) -> bool:
    """Whether a rule refers to this parameter or pseudo parameter."""
    return name in references(section(template, "Rules"))


def _assertions(
    evaluator: Evaluator, rule: Any
) -> Iterator[tuple[bool | None, Any, Mapping[str, Any]]]:
    """Each assertion of a rule: whether it holds (None: unknown), the condition, and itself."""
    match rule:
        case {"Assertions": [*assertions], **rest}:
            condition = rest.get("RuleCondition", True)
        case _:
            yield None, None, {}
            return
    applies = _truth(evaluator, condition)
    for assertion in assertions if applies is not False else ():
        holds = _truth(evaluator, assertion.get("Assert")) if isinstance(assertion, dict) else None
        if applies is None and holds is not True:
            holds = None
        yield holds, condition, assertion if isinstance(assertion, dict) else {}


def _shown_values(evaluator: Evaluator, read: Any) -> Iterator[tuple[str, str]]:
    """The parameters that a value refers to, and their values as text."""
    secret = secret_parameters(evaluator.template)
    declared = section(evaluator.template, "Parameters")
    for name in dict.fromkeys(name for name in references(read) if name in declared):
        value = evaluator.value({"Ref": name})
        if name in secret:
            yield name, f"({HIDDEN})"
        elif is_unknown(value):
            yield name, "(unknown)"
        else:
            text = ",".join(value) if isinstance(value, list) else as_text(value)
            yield name, f'"{text}"'


def _truth(evaluator: Evaluator, condition: Any) -> bool | None:
    """Whether a condition of a rule holds; None if that is unknown."""
    result = _value(evaluator, condition)
    return result if isinstance(result, bool) else None


def _value(evaluator: Evaluator, value: Any) -> Any:
    """The value of a rule function, `UNKNOWN` if it depends on what only CloudFormation knows."""
    if is_intrinsic(value):
        ((name, argument),) = value.items()
        function = _FUNCTIONS.get(name)
        return UNKNOWN if function is None else function(evaluator, argument)
    if isinstance(value, list):
        return [_value(evaluator, entry) for entry in value]
    return value


def _ref(evaluator: Evaluator, name: Any) -> Any:
    return evaluator.value({"Ref": name})


def _and(evaluator: Evaluator, argument: Any) -> Any:
    return _all(_truth(evaluator, part) for part in _parts(argument))


def _or(evaluator: Evaluator, argument: Any) -> Any:
    return _negated(_all(_negated(_truth(evaluator, part)) for part in _parts(argument)))


def _not(evaluator: Evaluator, argument: Any) -> Any:
    match argument:
        case [condition]:
            return _negated(_truth(evaluator, condition))
        case _:
            return UNKNOWN


def _equals(evaluator: Evaluator, argument: Any) -> Any:
    match argument:
        case [one, other]:
            return _same(_value(evaluator, one), _value(evaluator, other))
        case _:
            return UNKNOWN


def _contains(evaluator: Evaluator, argument: Any) -> Any:
    match _value(evaluator, argument):
        case [list(entries), value]:
            return _is_in(value, entries)
        case _:
            return UNKNOWN


def _each_member_equals(evaluator: Evaluator, argument: Any) -> Any:
    match _value(evaluator, argument):
        case [[_, *_] as entries, value]:
            return _all(_same(entry, value) for entry in entries)
        case _:  # what holds for an empty list is not documented
            return UNKNOWN


def _each_member_in(evaluator: Evaluator, argument: Any) -> Any:
    match _value(evaluator, argument):
        case [[_, *_] as entries, list(allowed)]:
            return _all(_is_in(entry, allowed) for entry in entries)
        case _:
            return UNKNOWN


def _parts(argument: Any) -> list[Any]:
    """The conditions of And and Or; an unknown one if there is none."""
    return argument if isinstance(argument, list) and argument else [None]


def _is_in(value: Any, entries: Iterable[Any]) -> bool | None:
    return _negated(_all(_negated(_same(entry, value)) for entry in entries))


def _same(one: Any, other: Any) -> bool | None:
    """Whether two values are equal; None for a list and a text, of which no page says it."""
    if is_unknown(one) or is_unknown(other):
        return None
    match one, other:
        case ((str() | int() | float()), (str() | int() | float())):
            return as_text(one) == as_text(other)
        case list(), list():
            return list(map(str, one)) == list(map(str, other))
        case _:
            return None


def _negated(value: bool | None) -> bool | None:  # noqa: FBT001 - a value of three
    return None if value is None else not value


def _all(values: Iterable[bool | None]) -> bool | None:
    results = list(values)
    if False in results:
        return False
    return None if None in results else True


_Function = Callable[[Evaluator, Any], Any]
# "You can use the following functions within all other rule-specific intrinsic functions: Ref,
# other rule-specific intrinsic functions." Of these, Fn::RefAll, Fn::ValueOf and Fn::ValueOfAll
# read attributes of resources in the account, so they are unknown. A template with another one is
# invalid ("functions are not supported in the Rules block"), also with Condition, and with Fn::If:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html
# https://github.com/aws-cloudformation/cfn-lint/issues/3710
# https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/921
_FUNCTIONS: Mapping[str, _Function] = {
    "Ref": _ref,
    "Fn::And": _and,
    "Fn::Contains": _contains,
    "Fn::EachMemberEquals": _each_member_equals,
    "Fn::EachMemberIn": _each_member_in,
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::Or": _or,
}
