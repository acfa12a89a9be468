"""
Lifecycle rules that Amazon S3 rejects, because objects would be moved after they are deleted.

In:    a template, and a `Scope` with the values of parameters.
Out:   a sentence for each rule with such a transition.
Never: a doubt: a number of days that is not known is left to Amazon S3.

Rules of a template cannot compare numbers, so these are checked here.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.template import Template
from trailbell.template.evaluate import Evaluator, Scope
from trailbell.template.intrinsics import entries
from trailbell.template.resources import properties, resources, section, type_of
from trailbell.wording import pluralize

_BUCKET = "AWS::S3::Bucket"


def late_transitions(template: Template, scope: Scope) -> Iterator[str]:
    """Yield a sentence for each transition that is not before the expiration."""
    evaluator = Evaluator(template, scope)
    for logical_id, bucket in resources(template).items():
        if type_of(bucket) != _BUCKET or evaluator.exists(bucket) is not True:
            continue
        lifecycle = section(properties(bucket), "LifecycleConfiguration")
        for rule in _evaluated(evaluator, lifecycle.get("Rules")):
            expiration = _days(rule.get("ExpirationInDays"))
            for transition in _evaluated(evaluator, rule.get("Transitions")):
                days = _days(transition.get("TransitionInDays"))
                if expiration is not None and days is not None and days >= expiration:
                    yield (
                        f"{logical_id} would move objects after {pluralize(days, 'day')}, but "
                        f"deletes them after {expiration:,}"
                    )


def names_transitions(template: Template) -> bool:
    """Whether a bucket of a template moves objects."""
    return any(
        isinstance(rule, Mapping) and "Transitions" in rule
        for bucket in resources(template).values()
        if type_of(bucket) == _BUCKET
        for rule, _ in entries(section(properties(bucket), "LifecycleConfiguration").get("Rules"))
    )


def _evaluated(evaluator: Evaluator, value: Any) -> Iterator[Mapping[str, Any]]:
    """The mappings in a list, without intrinsic functions."""
    evaluated = evaluator.value(value)
    if isinstance(evaluated, list):
        yield from (entry for entry in evaluated if isinstance(entry, Mapping))


def _days(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() else None
