"""
What a stack costs in each month, as far as its template decides.

In:    a template, and the values of its parameters.
Out:   `FixedCosts`: the number of everything with a price for each month, and what is not known.
Never: what depends on use, or a resource that is left out because its price is not known.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from trailbell.cost.prices import PRICES
from trailbell.template import Template
from trailbell.template.evaluate import Evaluator, Marker, Scope
from trailbell.template.resolve import resolve_template
from trailbell.template.resources import macro_input, properties, resources, type_of

_PSEUDO_PARAMETERS = {
    "AWS::AccountId": "111122223333",
    "AWS::Region": "us-east-1",
    "AWS::Partition": "aws",
}
_NESTED = "AWS::CloudFormation::Stack"
_FAST_SECONDS = 60
_STANDBY_UNITS = 2
"""The units of a collection with standby replicas: one for indexing and one for search, each in
half, and as much on standby.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-scaling.html
"""


@dataclass(frozen=True, kw_only=True)
class FixedCosts:
    """The number of everything with a price for each month, by the key of the price.

    ``on_match`` are the names of metrics without a default value, which are billed only for hours
    with a match. ``unknown`` says what else the stack may have, by its resources; ``hidden`` what
    is not even named in its template.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    on_match: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def usd(self) -> Decimal:
        """The price for each month, in US dollars."""
        return price_of(self.counts)


def price_of(counts: Mapping[str, int]) -> Decimal:
    """The price for each month, in US dollars. What has no price for a month costs nothing."""
    return sum(
        (PRICES[key].each * count for key, count in counts.items() if key in PRICES.prices),
        Decimal(0),
    )


def evaluator(template: Template, parameters: Mapping[str, str | Marker]) -> Evaluator:
    """An evaluator for the first Region, as of which the prices are."""
    return Evaluator(template, Scope(parameters=parameters, pseudo=_PSEUDO_PARAMETERS))


def fixed_costs(
    template: Template, parameters: Mapping[str, str | Marker] | None = None
) -> FixedCosts:
    """The costs of a stack with these parameters, otherwise with its defaults."""
    return costs_in(evaluator(template, parameters or {}))


def costs_in(values: Evaluator, without: frozenset[str] = frozenset()) -> FixedCosts:
    """The costs of the template of an evaluator, with its values, without some logical IDs.

    A resource whose condition is not known is not counted, but named in ``unknown``.
    """
    resolved = {
        name: each
        for name, each in resources(resolve_template(values)).items()
        if name not in without
    }
    certain = {name: each for name, each in resolved.items() if "Condition" not in each}
    counts: Counter[str] = Counter()
    for resource in certain.values():
        if key := PRICES.fixed.get(type_of(resource)):
            counts[_price_key(key, resource)] += _units(key, resource)
    billed, on_match = _metrics(certain)
    counts["metric"] += billed
    return FixedCosts(
        counts={key: count for key, count in counts.items() if count},
        on_match=on_match,
        unknown=tuple(_unknown(resolved)),
        hidden=tuple(_hidden(values.template, resolved)),
    )


def retained(values: Evaluator) -> frozenset[str]:
    """The resources that stay, and cost what they cost, when their stack or its template loses
    them.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    kept = ("Retain", "RetainExceptOnCreate")
    return frozenset(
        name
        for name, resource in resources(resolve_template(values)).items()
        if resource.get("DeletionPolicy") in kept
    )


def existing(values: Evaluator) -> frozenset[str]:
    """The logical IDs of the resources that exist, or that may exist."""
    return frozenset(resources(resolve_template(values)))


def _price_key(key: str, resource: Mapping[str, Any]) -> str:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""
    period = str(properties(resource).get("Period"))
    fast = key == "alarm" and period.isdecimal() and int(period) < _FAST_SECONDS
    return "fast_alarm" if fast else key


def _units(key: str, resource: Mapping[str, Any]) -> int:
    """How often a resource has its price: an alarm for each metric, a pipeline for each unit."""
    values = properties(resource)
    match key:
        case "alarm":
            metrics = values.get("Metrics")
            read = [
                each for each in metrics or () if isinstance(each, dict) and "MetricStat" in each
            ]
            return max(1, len(read))
        case "pipeline_unit":
            return int(values.get("MinUnits", 1)) if _has_known_units(resource) else 0
        case "collection_unit":
            return 1 if values.get("StandbyReplicas") == "DISABLED" else _STANDBY_UNITS
        case _:
            return 1


def _has_known_units(resource: Mapping[str, Any]) -> bool:
    return str(properties(resource).get("MinUnits", 1)).isdecimal()


def _metrics(certain: Mapping[str, Mapping[str, Any]]) -> tuple[int, frozenset[str]]:
    """The number of metrics with values in every hour, and the names of the others.

    CloudWatch bills a metric for each hour in which it has a value:
    https://aws.amazon.com/cloudwatch/pricing/
    """
    has_default: dict[tuple[str, str], bool] = {}
    for resource in certain.values():
        for transformation in transformations(resource):
            name = str(transformation.get("MetricNamespace")), str(transformation.get("MetricName"))
            has_default[name] = has_default.get(name, False) or "DefaultValue" in transformation
    on_match = frozenset(name for (_, name), default in has_default.items() if not default)
    return sum(has_default.values()), on_match


def transformations(resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Where a metric filter publishes. Another value than a list is not known."""
    values = properties(resource).get("MetricTransformations")
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []


def _hidden(template: Template, resolved: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if macro_input(template):
        yield "resources that a macro creates"
    for logical_id, resource in resolved.items():
        if type_of(resource) == _NESTED:
            yield f"{logical_id}: what the nested stack has"


def _unknown(resolved: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for logical_id, resource in resolved.items():
        type_ = type_of(resource)
        if type_ == _NESTED:
            continue
        if not PRICES.knows(type_):
            yield f"{logical_id}: the price of {type_ or 'a resource without a type'}"
        elif type_ == "AWS::OSIS::Pipeline" and not _has_known_units(resource):
            yield f"{logical_id}: its number of units depends on values that are not known"
        elif "Condition" in resource and (type_ in PRICES.fixed or transformations(resource)):
            yield f"{logical_id}: whether it is created depends on values that are not known"
