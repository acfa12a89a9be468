"""
Conditions that many detections share.

In:    names of services and of their API calls.
Out:   conditions on CloudTrail records.
Never: a detection.
"""

from trailbell.pattern import all_of, any_of, field
from trailbell.pattern.ast import Condition

SUCCEEDED = field("errorCode").missing_or_null()
"""The call was not refused. Records without an error lack the member; a few have null."""

DIRECT = field("userIdentity.invokedBy").missing()
"""No AWS service called on behalf of somebody."""

PERSON = any_of(
    field("userIdentity.type").equals("IAMUser"),
    field("userIdentity.sessionContext.sessionIssuer.userName").starts_with("AWSReservedSSO_"),
)
"""An IAM user, or somebody who came through IAM Identity Center."""


def calls(service: str, first: str, *others: str) -> Condition:
    """These calls of a service, the name of which is the first part of its eventSource."""
    return all_of(
        field("eventSource").equals(f"{service}.amazonaws.com"),
        field("eventName").one_of(first, *others),
    )
