"""
What a change means for a nested stack: that its own template has to be compared.

In:    the old and the new properties of an `AWS::CloudFormation::Stack`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.judgment.resource_diff import ResourceDiff, Unjudged

TYPE = "AWS::CloudFormation::Stack"


def find_gaps(diff: ResourceDiff) -> Iterator[str | Unjudged]:
    """Name the nested stack, the resources of which are in another template."""
    if diff.removed:
        yield Unjudged("The nested stack is deleted; what it detects is not known.")
    elif diff.changed("TemplateURL") or diff.changed("Parameters"):
        yield Unjudged("What changes in the nested stack was not compared.")
