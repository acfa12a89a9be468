"""
The columns of the CloudTrail table that AWS documents for Athena.

In:    a field of a CloudTrail record.
Out:   the column that contains it.
Never: a column that is not in the documented table.

https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
"""

from collections.abc import Mapping
from types import MappingProxyType

TABLE = "cloudtrail_logs"

_COLUMNS = """
eventVersion eventTime eventSource eventName awsRegion sourceIPAddress userAgent
errorCode errorMessage requestID eventID readOnly eventType apiVersion recipientAccountId
sharedEventID vpcEndpointId vpcEndpointAccountId eventCategory sessionCredentialFromConsole

userIdentity.type userIdentity.principalId userIdentity.arn userIdentity.accountId
userIdentity.invokedBy userIdentity.accessKeyId userIdentity.userName
userIdentity.onBehalfOf.userId userIdentity.onBehalfOf.identityStoreArn
userIdentity.sessionContext.attributes.mfaAuthenticated
userIdentity.sessionContext.attributes.creationDate
userIdentity.sessionContext.sessionIssuer.type
userIdentity.sessionContext.sessionIssuer.principalId
userIdentity.sessionContext.sessionIssuer.arn
userIdentity.sessionContext.sessionIssuer.accountId
userIdentity.sessionContext.sessionIssuer.userName
userIdentity.sessionContext.ec2RoleDelivery
userIdentity.sessionContext.webIdFederationData.federatedProvider

tlsDetails.tlsVersion tlsDetails.cipherSuite tlsDetails.clientProvidedHostHeader
"""

SCALARS: Mapping[str, str] = MappingProxyType({name: name.lower() for name in _COLUMNS.split()})
"""Fields that are a column, or part of one: ``userIdentity.type`` -> ``useridentity.type``."""

DOCUMENTS: Mapping[str, str] = MappingProxyType(
    {
        name: name.lower()
        for name in (
            "requestParameters",
            "responseElements",
            "additionalEventData",
            "serviceEventDetails",
        )
    }
)
"""Fields whose column contains them as JSON text."""

ROWS: Mapping[str, str] = MappingProxyType(
    {"resources[*].ARN": "arn", "resources[*].accountId": "accountid", "resources[*].type": "type"}
)
"""Fields of ``resources``, the only column that is an array."""
