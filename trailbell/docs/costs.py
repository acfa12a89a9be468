"""
What the stacks cost each month, as far as their templates decide.

In:    the templates.
Out:   a Markdown table with metrics, alarms, keys and dashboards of each stack, and their price.
Never: what depends on use, such as events and storage. docs/costs.md names these prices.
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
}
_PSEUDO_PARAMETERS = {"AWS::AccountId": "111122223333", "AWS::Region": "us-east-1"}


@dataclass(frozen=True)
class FixedCosts:
    """The resources of a stack with a price for each month, by type, and its custom metrics."""

    counts: Mapping[str, int]

    @property
    def cents(self) -> int:
        """The price for each month."""
        return sum(count * CENTS[kind] for kind, count in self.counts.items())


def fixed_costs(template: Template) -> FixedCosts:
    """The costs of a stack with its default parameters. Metrics are billed in every hour."""
    scope = Scope(pseudo=_PSEUDO_PARAMETERS)
    resolved = resources(resolve_template(Evaluator(template, scope)))
    kinds = Counter(str(resource["Type"]) for resource in resolved.values())
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
    head = ("Stack", "Metrics", "Alarms", "KMS keys", "Dashboards", "USD a month")
    return table(head, (tuple(_cells(stack, cost)) for stack, cost in rows))


def _cells(stack: str, cost: FixedCosts) -> Iterator[str]:
    yield f"`{stack}`"
    for kind in ("metric", "AWS::CloudWatch::Alarm", "AWS::KMS::Key", "AWS::CloudWatch::Dashboard"):
        yield str(cost.counts.get(kind, ""))
    yield f"{cost.cents / 100:.2f}"
