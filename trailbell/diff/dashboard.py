"""
What changes in a dashboard, in one line.

In:    the change of an `AWS::CloudWatch::Dashboard`.
Out:   the number of widgets that differ.
Never: the text of the dashboard, which is long and generated.
"""

import json
from typing import Any

from trailbell.diff.model import PropertyChange, ResourceChange
from trailbell.wording import pluralize

TYPE = "AWS::CloudWatch::Dashboard"
BODY = "DashboardBody"


def describe_change(change: ResourceChange) -> str:
    """``; dashboard changes: 3 widgets``; empty if the body is the same or new."""
    for property_ in change.properties:
        if property_.path == BODY:
            return f"; dashboard changes{_count(property_)}"
    return ""


def _count(change: PropertyChange) -> str:
    before, after = _widgets(change.before), _widgets(change.after)
    if before is None or after is None:
        return ""
    new = [widget for widget in after if widget not in before]
    old = [widget for widget in before if widget not in after]
    return f": {pluralize(max(len(new), len(old)), 'widget')}"


def _widgets(text: str | None) -> list[Any] | None:
    """The widgets of a body, which can be the text in Fn::Sub; None if it cannot be read."""
    try:
        value = json.loads(text or "")
        match value:
            case {"Fn::Sub": str(body)} | {"Fn::Sub": [str(body), *_]}:
                value = json.loads(body)
        widgets = value["widgets"]
    except (ValueError, KeyError, TypeError):
        return None
    return widgets if isinstance(widgets, list) else None
