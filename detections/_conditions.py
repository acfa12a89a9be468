"""
Conditions that many detections share.

In:    names of AWS services and their API calls.
Out:   conditions on CloudTrail records.
Never: a detection.
"""

from trailbell import Condition, all_of, any_of, field

SUCCEEDED = field("errorCode").missing_or_null()
"""The call succeeded. Records without an error lack ``errorCode``; in a few it is null."""

CALLED_DIRECTLY = field("userIdentity.invokedBy").missing()
"""The caller made the call itself: no AWS service made it on behalf of the caller."""

NOT_BY_IDENTITY_CENTER = field("sourceIPAddress").present_and_differs("sso.amazonaws.com")
"""The caller is not IAM Identity Center, which provisions access with its service-linked role.

CloudTrail sets this field, and each record has it; for a service, it is the name of the service:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

IAM_OR_IDENTITY_CENTER_USER = any_of(
    field("userIdentity.type").equals("IAMUser"),
    field("userIdentity.sessionContext.sessionIssuer.userName").starts_with("AWSReservedSSO_"),
)
"""The caller is an IAM user, or a user who signed in through IAM Identity Center."""

NO_WEB_IDENTITY = field(
    "userIdentity.sessionContext.webIdFederationData.federatedProvider"
).missing()
"""The caller did not sign in with a token of a web identity provider, as pipelines of GitHub and
GitLab and pods of Kubernetes do."""

NO_RULE_FOR_POLICIES = (
    "EventBridge has no regular expressions, and cannot require two conditions of one statement"
)
"""Why no rule sends a message for a detection that reads policies."""


def calls(service: str, first: str, *others: str) -> Condition:
    """One of these API calls of a service; ``service`` is the first part of its ``eventSource``."""
    return all_of(
        field("eventSource").equals(f"{service}.amazonaws.com"),
        field("eventName").one_of(first, *others),
    )
