"""
The reasons for which a detection accepts findings in its filter pattern.

In:    a detection.
Out:   the reasons for findings that the rule W9816 has in a template.
Never: a reason for what that rule does not report, because controls require it.
"""

from trailbell.catalog.detection import Detection
from trailbell.pattern.lint import is_required_by_controls, lint


def reasons_for_findings(detection: Detection) -> tuple[str, ...]:
    """The reasons, each once."""
    if not detection.accepted_issues:
        return ()
    issues = lint(detection.pattern_text)
    required = {issue.id for issue in issues if is_required_by_controls(issue)}
    required -= {issue.id for issue in issues if not is_required_by_controls(issue)}
    accepted = detection.accepted_issues.items()
    return tuple(dict.fromkeys(reason for issue, reason in accepted if issue not in required))
