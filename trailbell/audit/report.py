"""
A matrix for documentation and machines.

In:    a `Matrix`.
Out:   Markdown: totals beside those of published sets; a dict for JSON.
Never: a grade. What is published by others was graded when it was last looked at.
"""

from dataclasses import dataclass

from trailbell.audit.matrix import Matrix
from trailbell.markdown import table


@dataclass(frozen=True)
class Published:
    """A set of others, and how many controls pass at each auditor, with its defaults."""

    name: str
    url: str
    totals: tuple[int, int, int]


# What the auditors' published checks say of their default patterns, November 2026.
PUBLISHED = (
    Published(
        "terraform-aws-secure-baseline",
        "https://github.com/nozaq/terraform-aws-secure-baseline",
        (13, 13, 14),
    ),
    Published(
        "terraform-aws-cloudwatch",
        "https://github.com/terraform-aws-modules/terraform-aws-cloudwatch",
        (14, 13, 13),
    ),
    Published(
        "terraform-aws-cloudtrail-alarms",
        "https://github.com/trussworks/terraform-aws-cloudtrail-alarms",
        (14, 13, 12),
    ),
    Published(
        "terraform-aws-cloudtrail-cloudwatch-alarms",
        "https://github.com/cloudposse/terraform-aws-cloudtrail-cloudwatch-alarms",
        (14, 13, 12),
    ),
    Published(
        "aws-cf-templates",
        "https://github.com/widdix/aws-cf-templates",
        (14, 13, 12),
    ),
    Published(
        "Landing Zone Accelerator on AWS",
        "https://github.com/awslabs/landing-zone-accelerator-on-aws",
        (14, 13, 12),
    ),
    Published(
        "Automated Security Response on AWS",
        "https://github.com/aws-solutions/automated-security-response-on-aws",
        (14, 13, 12),
    ),
)


def audit_matrix(graded: Matrix) -> str:
    """Our totals above those of published sets."""
    of = [wanted for _, wanted in graded.totals.values()]
    ours = [passed for passed, _ in graded.totals.values()]
    rows = [("**Trailbell**", *_cells(ours, of))]
    rows += [(f"[{one.name}]({one.url})", *_cells(one.totals, of)) for one in PUBLISHED]
    return table(("Set", *graded.totals), rows)


def _cells(passed: list[int] | tuple[int, ...], of: list[int]) -> tuple[str, ...]:
    return tuple(f"{some} of {whole}" for some, whole in zip(passed, of, strict=True))


def as_dict(graded: Matrix) -> dict[str, object]:
    """The matrix for machines."""
    return {
        "templates": list(graded.templates),
        "passed": graded.passed,
        "auditors": [
            {
                "name": column.auditor,
                "passed": column.passed,
                "of": len(column.grades),
                "grades": [
                    {
                        "control": grade.control.key,
                        "cis": grade.control.cis,
                        "security_hub": grade.control.security_hub or None,
                        "passed": grade.passed,
                        "reason": grade.reason,
                        "assumed": list(grade.assumed),
                    }
                    for grade in column.grades
                ],
            }
            for column in graded.columns
        ],
        "assumed": list(graded.assumed),
    }
