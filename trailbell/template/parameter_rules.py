"""
The Rules of a template: what its parameters must fulfil together.

In:    a template, and the values of its parameters.
Out:   a sentence for each assertion that does not hold.
Never: a failure that is not certain. What depends on a value or a function that is not known here
       is left to CloudFormation, which evaluates it in each stack.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.template import Template
from trailbell.template.evaluate import Evaluator, Scope
from trailbell.template.resources import section


def violated_rules(
    template: Template, values: Mapping[str, str], pseudo: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Yield the rules that these values violate, with the description of the assertion.

    ``pseudo`` has the values of pseudo parameters such as ``AWS::Region``.
    """
    evaluator = Evaluator(template, Scope(parameters=values, pseudo=pseudo or {}))
    for name, rule in section(template, "Rules").items():
        if not isinstance(rule, Mapping):
            continue
        if _holds(evaluator, rule.get("RuleCondition", True)) is not True:
            continue
        for assertion in rule.get("Assertions") or ():
            if not isinstance(assertion, Mapping):
                continue
            if _holds(evaluator, assertion.get("Assert")) is False:
                description = assertion.get("AssertDescription")
                yield f"rule {name}: {description}" if description else f"rule {name}"


def _holds(evaluator: Evaluator, condition: Any) -> bool | None:
    """Whether a condition of a rule holds; None if that is not known."""
    match condition:
        case {"Fn::And": [*parts]}:
            return _all(_holds(evaluator, part) for part in parts)
        case {"Fn::Or": [*parts]}:
            return _not(_all(_not(_holds(evaluator, part)) for part in parts))
        case {"Fn::Not": [part]}:
            return _not(_holds(evaluator, part))
        case {"Fn::Contains": [[*entries], value]}:
            known = [evaluator.text(entry) for entry in entries]
            text = evaluator.text(value)
            return None if text is None or None in known else text in known
        case _:
            result = evaluator.value(condition)
            return result if isinstance(result, bool) else None


def _not(value: bool | None) -> bool | None:  # noqa: FBT001 - a value of three
    return None if value is None else not value


def _all(values: Iterator[bool | None]) -> bool | None:
    results = list(values)
    if False in results:
        return False
    return None if None in results else True
