"""
A matrix as Markdown and as JSON.

In:    a `Matrix`.
Out:   a Markdown table that compares the totals with those of published sets; a JSON object.
Never: an evaluation. The totals of published sets are from the date given below.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from trailbell.audit.evaluate import ControlResult
from trailbell.audit.matrix import Matrix
from trailbell.markdown import table


@dataclass(frozen=True)
class PublishedSet:
    """A set of alarms of another project, and how many controls pass at each scanner by default."""

    name: str
    url: str
    totals: tuple[int, int, int]


# The results of the scanners' published checks for the default patterns, November 2026.
PUBLISHED = (
    PublishedSet(
        "terraform-aws-secure-baseline",
        "https://github.com/nozaq/terraform-aws-secure-baseline",
        (13, 13, 14),
    ),
    PublishedSet(
        "terraform-aws-cloudwatch",
        "https://github.com/terraform-aws-modules/terraform-aws-cloudwatch",
        (14, 13, 13),
    ),
    PublishedSet(
        "terraform-aws-cloudtrail-alarms",
        "https://github.com/trussworks/terraform-aws-cloudtrail-alarms",
        (14, 13, 12),
    ),
    PublishedSet(
        "terraform-aws-cloudtrail-cloudwatch-alarms",
        "https://github.com/cloudposse/terraform-aws-cloudtrail-cloudwatch-alarms",
        (14, 13, 12),
    ),
    PublishedSet(
        "aws-cf-templates",
        "https://github.com/widdix/aws-cf-templates",
        (14, 13, 12),
    ),
    PublishedSet(
        "Landing Zone Accelerator on AWS",
        "https://github.com/awslabs/landing-zone-accelerator-on-aws",
        (14, 13, 12),
    ),
    PublishedSet(
        "Automated Security Response on AWS",
        "https://github.com/aws-solutions/automated-security-response-on-aws",
        (14, 13, 12),
    ),
)


def to_markdown(matrix: Matrix) -> str:
    """Format our totals above those of published sets."""
    totals = [total for _, total in matrix.totals.values()]
    passed = [passed for passed, _ in matrix.totals.values()]
    rows = [("**Trailbell**", *_format_totals(passed, totals))]
    rows += [
        (f"[{published.name}]({published.url})", *_format_totals(published.totals, totals))
        for published in PUBLISHED
    ]
    return table(("Set", *matrix.totals), rows)


def _format_totals(passed: Sequence[int], totals: Sequence[int]) -> tuple[str, ...]:
    return tuple(f"{count} of {total}" for count, total in zip(passed, totals, strict=True))


def to_json(matrix: Matrix) -> dict[str, object]:
    """Convert the matrix to a JSON object."""
    return {
        "templates": list(matrix.templates),
        "passed": matrix.passed,
        "auditors": [
            {
                "name": column.scanner,
                "passed": column.passed,
                "of": len(column.results),
                "grades": [_result_to_json(result) for result in column.results],
            }
            for column in matrix.columns
        ],
        "assumed": list(matrix.assumptions),
    }


def _result_to_json(result: ControlResult) -> dict[str, object]:
    return {
        "control": result.control.key,
        "cis": result.control.cis,
        "security_hub": result.control.security_hub or None,
        "passed": result.passed,
        "reason": result.reason,
        "assumed": list(result.assumptions),
    }
