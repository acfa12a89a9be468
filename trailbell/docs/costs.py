"""
What the stacks cost each month, as far as their templates decide.

In:    the templates.
Out:   a Markdown table with what each stack has of everything with a fixed price, and its sum.
Never: what depends on use, such as events and storage. docs/reference/costs.md names these prices.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.markdown import table
from trailbell.template import Template
from trailbell.template.evaluate import Evaluator, Scope
from trailbell.template.resolve import resolve_template
from trailbell.template.resources import properties, resources

# List prices of us-east-1, November 2026, in cents of a US dollar for each month.
CENTS = {
    # https://aws.amazon.com/cloudwatch/pricing/
    "metric": 30,
    "AWS::CloudWatch::Alarm": 10,
    "AWS::CloudWatch::Dashboard": 300,
    # https://aws.amazon.com/kms/pricing/
    "AWS::KMS::Key": 100,
    # 0.24 USD an hour for each unit: https://aws.amazon.com/opensearch-service/pricing/
    "AWS::OSIS::Pipeline": 17_520,
}
_COLUMNS = (
    *("metric", "AWS::CloudWatch::Alarm", "AWS::KMS::Key", "AWS::CloudWatch::Dashboard"),
    "AWS::OSIS::Pipeline",
)
_PSEUDO_PARAMETERS = {"AWS::AccountId": "111122223333", "AWS::Region": "us-east-1"}


@dataclass(frozen=True)
class FixedCosts:
    """The number of resources of a stack with a price for each month, by type.

    Also the number of its custom metrics; of a pipeline the number of units (OCUs).
    """

    counts: Mapping[str, int]

    @property
    def cents(self) -> int:
        """The price for each month."""
        return sum(count * CENTS[kind] for kind, count in self.counts.items())


def fixed_costs(template: Template) -> FixedCosts:
    """The costs of a stack with its default parameters. Metrics are billed in every hour.

    A resource does not count whose condition depends on a parameter without a default.
    """
    scope = Scope(pseudo=_PSEUDO_PARAMETERS)
    resolved = {
        name: resource
        for name, resource in resources(resolve_template(Evaluator(template, scope))).items()
        if "Condition" not in resource
    }
    kinds: Counter[str] = Counter()
    for resource in resolved.values():
        kinds[str(resource["Type"])] += int(properties(resource).get("MinUnits", 1))
    metrics = {
        (str(transformation["MetricNamespace"]), transformation["MetricName"])
        for resource in resolved.values()
        for transformation in properties(resource).get("MetricTransformations", ())
    }
    counts = {kind: kinds[kind] for kind in CENTS if kind in kinds}
    return FixedCosts(counts | ({"metric": len(metrics)} if metrics else {}))


def costs_table(templates: Mapping[str, dict[str, Any]]) -> str:
    """The stacks with fixed costs, the largest first."""
    costs = {stack: fixed_costs(template) for stack, template in templates.items()}
    paid = {stack: cost for stack, cost in costs.items() if cost.cents}
    rows = sorted(paid.items(), key=lambda row: (-row[1].cents, row[0]))
    head = ("Stack", "Metrics", "Alarms", "KMS keys", "Dashboards", "OCUs", "USD a month")
    return table(head, (tuple(_cells(stack, cost)) for stack, cost in rows))


def _cells(stack: str, cost: FixedCosts) -> Iterator[str]:
    yield f"`{stack}`"
    for kind in _COLUMNS:
        yield str(cost.counts.get(kind, ""))
    yield f"{cost.cents / 100:.2f}"
