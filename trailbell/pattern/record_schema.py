"""
The fields of CloudTrail records, as far as they do not depend on the service.

In:    a selector.
Out:   the type of the field, if CloudTrail documents it; groups of fields that checks need.
Never: a part of the meaning of a pattern: the evaluator accepts any JSON. Targets need the type
       of a field where their engine cannot distinguish null, objects or numbers, and raise
       ``UnsupportedError`` if it is not known. Names of API calls change too often to be here.

Pages: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
       https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
       https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from trailbell.pattern.ast import AnyElement, Member, Selector


class FieldType(StrEnum):
    TEXT = "text"
    BOOLEAN = "a boolean"
    NUMBER = "a number"
    OBJECT = "an object"
    ARRAY = "an array"


@dataclass(frozen=True, slots=True)
class FieldSchema:
    """The type of a field that exists. A ``nullable`` field has been null in delivered records."""

    type: FieldType
    nullable: bool = False


_TEXT = """
eventVersion eventTime eventSource eventName awsRegion sourceIPAddress userAgent
requestID eventID eventType apiVersion recipientAccountId sharedEventID
vpcEndpointId vpcEndpointAccountId eventCategory sessionCredentialFromConsole

userIdentity.type userIdentity.principalId userIdentity.arn userIdentity.accountId
userIdentity.accessKeyId userIdentity.userName userIdentity.invokedBy
userIdentity.identityProvider userIdentity.credentialId
userIdentity.onBehalfOf.userId userIdentity.onBehalfOf.identityStoreArn
userIdentity.sessionContext.attributes.mfaAuthenticated
userIdentity.sessionContext.attributes.creationDate
userIdentity.sessionContext.sessionIssuer.type
userIdentity.sessionContext.sessionIssuer.principalId
userIdentity.sessionContext.sessionIssuer.arn
userIdentity.sessionContext.sessionIssuer.accountId
userIdentity.sessionContext.sessionIssuer.userName
userIdentity.sessionContext.webIdFederationData.federatedProvider
userIdentity.sessionContext.sourceIdentity
userIdentity.sessionContext.ec2RoleDelivery
userIdentity.sessionContext.assumedRoot

tlsDetails.tlsVersion tlsDetails.cipherSuite tlsDetails.clientProvidedHostHeader

resources[*].ARN resources[*].accountId resources[*].type

additionalEventData.MFAUsed additionalEventData.LoginTo additionalEventData.MobileVersion
additionalEventData.MFAIdentifier additionalEventData.MfaType
responseElements.ConsoleLogin
"""

# Parameters that are text in every API that has a parameter of that name, which a test verifies
# with botocore's service models. The types of other parameters depend on the API.
_TEXT_PARAMETERS = """
accessKeyId alarmName aliasName bucketName cidrIp filterName functionName groupName keyId
logGroupName logStreamName policyArn policyName roleArn roleName roleSessionName ruleName
secretId subscriptionArn targetKeyId topicArn trailName userName vpcId
"""

FIELD_SCHEMAS: Mapping[str, FieldSchema] = MappingProxyType(
    {
        **{name: FieldSchema(FieldType.TEXT) for name in _TEXT.split()},
        **{
            f"requestParameters.{name}": FieldSchema(FieldType.TEXT)
            for name in _TEXT_PARAMETERS.split()
        },
        # Missing if a call succeeds, by the page; delivered records also have null.
        "errorCode": FieldSchema(FieldType.TEXT, nullable=True),
        "errorMessage": FieldSchema(FieldType.TEXT, nullable=True),
        "readOnly": FieldSchema(FieldType.BOOLEAN),
        "managementEvent": FieldSchema(FieldType.BOOLEAN),
        "additionalEventData.bytesTransferredIn": FieldSchema(FieldType.NUMBER),
        "additionalEventData.bytesTransferredOut": FieldSchema(FieldType.NUMBER),
        "userIdentity": FieldSchema(FieldType.OBJECT),
        "userIdentity.sessionContext": FieldSchema(FieldType.OBJECT),
        "userIdentity.sessionContext.attributes": FieldSchema(FieldType.OBJECT),
        "userIdentity.sessionContext.sessionIssuer": FieldSchema(FieldType.OBJECT),
        "userIdentity.sessionContext.webIdFederationData": FieldSchema(FieldType.OBJECT),
        "userIdentity.onBehalfOf": FieldSchema(FieldType.OBJECT),
        "requestParameters": FieldSchema(FieldType.OBJECT, nullable=True),
        "responseElements": FieldSchema(FieldType.OBJECT, nullable=True),
        "additionalEventData": FieldSchema(FieldType.OBJECT, nullable=True),
        "serviceEventDetails": FieldSchema(FieldType.OBJECT, nullable=True),
        "tlsDetails": FieldSchema(FieldType.OBJECT),
        "resources": FieldSchema(FieldType.ARRAY),
    }
)


def field_path(selector: Selector) -> str | None:
    """``userIdentity.type``, ``resources[*].ARN``; `None` for a selector that has no such name."""
    words: list[str] = []
    for step in selector.steps:
        match step:
            case Member(name) if name and not set(name) & set(".[]*"):
                words.append(f".{name}" if words else name)
            case AnyElement() if words:
                words.append("[*]")
            case _:
                return None
    return "".join(words)


def field_schema(selector: Selector) -> FieldSchema | None:
    """The type of the field; `None` if AWS does not document exactly one."""
    return FIELD_SCHEMAS.get(field_path(selector) or "")


# ---------------------------------------------------------------- groups of fields


def _selector(path: str) -> Selector:
    return Selector(tuple(map(Member, path.split("."))))


EVENT_NAME = _selector("eventName")
EVENT_TYPE = _selector("eventType")
EVENT_SOURCE = _selector("eventSource")
SOURCE_ADDRESS = _selector("sourceIPAddress")
IDENTITY_TYPE = _selector("userIdentity.type")

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
RECORD_FIELDS = frozenset(
    (
        *("eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress"),
        *("userAgent", "errorCode", "errorMessage", "requestParameters", "responseElements"),
        *("additionalEventData", "requestID", "eventID", "eventType", "apiVersion", "readOnly"),
        *("managementEvent", "recipientAccountId", "serviceEventDetails", "sharedEventID"),
        *("vpcEndpointId", "vpcEndpointAccountId", "eventCategory", "userIdentity", "tlsDetails"),
        *("sessionCredentialFromConsole", "edgeDeviceDetails", "addendum", "insightDetails"),
    )
)
"""The fields of a record without ``resources``, which is also a field of an EventBridge event."""

OWN_FIELDS = frozenset(
    (
        *("eventSource", "eventName", "eventType", "eventCategory", "userIdentity", "awsRegion"),
        *("sourceIPAddress", "recipientAccountId", "requestParameters", "responseElements"),
        *("additionalEventData", "serviceEventDetails", "managementEvent", "insightDetails"),
    )
)
"""Fields whose names other logs hardly have, so that a pattern with one is for CloudTrail."""


def normalized(text: str) -> str:
    """Text in lower case, with its letters and digits only."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


# Fields with "Optional: False" that are never null:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
REQUIRED_FIELDS = frozenset(
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

BOOLEAN_FIELDS = frozenset(map(_selector, ("readOnly", "managementEvent")))

# Text, "true" or "false", in every example of
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
QUOTED_BOOLEANS = frozenset(
    map(
        _selector,
        (
            "userIdentity.sessionContext.attributes.mfaAuthenticated",
            "sessionCredentialFromConsole",
        ),
    )
)

# Account IDs are text of digits; some start with zero.
ACCOUNT_ID_FIELDS = frozenset(
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

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
VALUES: Mapping[Selector, frozenset[str]] = MappingProxyType(
    {
        _selector(path): frozenset(values.split())
        for path, values in {
            "responseElements.ConsoleLogin": "Success Failure",
            "eventCategory": "Management Data Insight NetworkActivity",
            "eventType": "AwsApiCall AwsServiceEvent AwsConsoleAction AwsConsoleSignIn "
            "AwsVpceEvent AwsCloudTrailInsight",
            "userIdentity.sessionContext.attributes.mfaAuthenticated": "true false",
            "tlsDetails.tlsVersion": "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
        }.items()
    }
)
"""Fields with few values, and these, as far as they differ from others in more than their case."""


# ---------------------------------------------------------------- numbers as text

_NUMBER_CHARACTERS = frozenset("0123456789+-.eE")


def may_spell_a_number(text: str) -> bool:
    """Whether text with stars in it could be the spelling of some JSON number.

    >>> may_spell_a_number("10.1*"), may_spell_a_number("*"), may_spell_a_number("AccessDenied*")
    (True, True, False)
    """
    return bool(text) and set(text) <= _NUMBER_CHARACTERS | {"*"}
