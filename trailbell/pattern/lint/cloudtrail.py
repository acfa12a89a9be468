"""
What is known of CloudTrail records, whatever the service that wrote them.

In:    nothing.
Out:   selectors of members that always exist, that are booleans, that are text; identity types.
Never: names of APIs; those change every week and are asked for.
"""

from trailbell.pattern.ast import Member, Selector


def _selector(path: str) -> Selector:
    return Selector(tuple(map(Member, path.split("."))))


EVENT_NAME = _selector("eventName")
EVENT_SOURCE = _selector("eventSource")
IDENTITY_TYPE = _selector("userIdentity.type")

# Those with "Optional: False" that are never null:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
ALWAYS_THERE = frozenset(
    map(
        _selector,
        (
            "eventVersion",
            "eventTime",
            "eventSource",
            "eventName",
            "awsRegion",
            "sourceIPAddress",
            "eventID",
            "eventType",
            "userIdentity.type",
        ),
    )
)

BOOLEANS = frozenset(map(_selector, ("readOnly", "managementEvent")))

# "true" and "false" with quotes in every example of
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
TEXTS = frozenset(
    map(
        _selector,
        (
            "userIdentity.sessionContext.attributes.mfaAuthenticated",
            "sessionCredentialFromConsole",
        ),
    )
)

# Account numbers are text of digits, some with a zero in front.
DIGITS = frozenset(
    map(
        _selector,
        (
            "recipientAccountId",
            "userIdentity.accountId",
            "userIdentity.sessionContext.sessionIssuer.accountId",
        ),
    )
)

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
IDENTITY_TYPES = frozenset(
    (
        "Root",
        "IAMUser",
        "AssumedRole",
        "Role",
        "FederatedUser",
        "Directory",
        "AWSAccount",
        "AWSService",
        "IdentityCenterUser",
        "SAMLUser",
        "WebIdentityUser",
        "Unknown",
    )
)
