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

_USER_IDENTITY = (
    "struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,"
    "accesskeyid:string,username:string,onbehalfof:struct<userid:string,identitystorearn:string>,"
    "sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>,"
    "sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,"
    "username:string>,ec2roledelivery:string,"
    "webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>>"
)

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "eventversion": "string",
        "useridentity": _USER_IDENTITY,
        **dict.fromkeys(
            (
                *("eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress"),
                *("useragent", "errorcode", "errormessage", "requestparameters"),
                *("responseelements", "additionaleventdata", "requestid", "eventid", "readonly"),
            ),
            "string",
        ),
        "resources": "array<struct<arn:string,accountid:string,type:string>>",
        **dict.fromkeys(
            (
                *("eventtype", "apiversion", "recipientaccountid", "serviceeventdetails"),
                *("sharedeventid", "vpcendpointid", "vpcendpointaccountid", "eventcategory"),
                "sessioncredentialfromconsole",
            ),
            "string",
        ),
        "tlsdetails": "struct<tlsversion:string,ciphersuite:string,"
        "clientprovidedhostheader:string>",
    }
)
"""The columns that patterns need, with their types in AWS Glue, as the page has them."""

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
