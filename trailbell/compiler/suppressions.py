"""
Findings of other tools that a template accepts, with reasons.

In:    the id of each finding, and why it is accepted.
Out:   the value of ``Metadata`` of a resource, or a part of that of a template.
Never: a finding that no tool reports: ``.ci/judges.py`` fails on one that is not needed.

checkov and cfn-lint read their own metadata and leave the findings out:
https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html
https://github.com/aws-cloudformation/cfn-lint#metadata
The other tools read no metadata. Their findings are written for the reader of the template.
"""

from collections.abc import Mapping
from typing import Any

Reasons = Mapping[str, str]
"""The reason by the id of a finding."""


def suppress(
    *,
    checkov: Reasons | None = None,
    cfripper: Reasons | None = None,
    cloudsplaining: Reasons | None = None,
    parliament: Reasons | None = None,
    prowler: Reasons | None = None,
) -> dict[str, Any]:
    """Return the ``Metadata`` of a resource with findings that are accepted.

    Raises `ValueError` for a finding without a reason.
    """
    others = {
        "cfripper": cfripper,
        "cloudsplaining": cloudsplaining,
        "parliament": parliament,
        "prowler": prowler,
    }
    for tool, reasons in {"checkov": checkov, **others}.items():
        for finding, reason in (reasons or {}).items():
            if not reason.strip():
                raise ValueError(f'the suppression of {tool}\'s "{finding}" has no reason')
    skip = [{"id": finding, "comment": reason} for finding, reason in (checkov or {}).items()]
    return {
        **({"checkov": {"skip": skip}} if skip else {}),
        **{tool: dict(reasons) for tool, reasons in others.items() if reasons},
    }


def suppress_lint(*rules: str, reason: str) -> dict[str, Any]:
    """Return the ``Metadata`` with which cfn-lint ignores rules in a resource or a template.

    Raises `ValueError` if there is no reason.
    """
    if not reason.strip():
        raise ValueError(f"the suppression of {', '.join(rules)} has no reason")
    return {"cfn-lint": {"config": {"ignore_checks": list(rules)}, "reason": reason}}
