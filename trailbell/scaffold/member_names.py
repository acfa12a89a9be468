"""
Names of members that no service model has, but that AWS defines.

In:    the name of a member, and the name of the event.
Out:   whether AWS defines it: a member of records, a header, or a part of a policy.
Never: a name because of its form. ``janeRoe`` has the form of a member.
"""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Members that services add to requests and answers in records, and headers of S3 and Lambda.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
# https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sign-in-events.html
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotAttribute.html
_MEMBERS = _words(
    """
    bucketPolicy bucketName objectKey requestId attributeType bytesTransferredIn
    bytesTransferredOut SSEApplied lookupAttributes maxItems maxResults nextToken pageSize dryRun
    x-amz-id-2 x-amz-request-id x-amz-version-id x-amz-date x-amz-content-sha256
    x-amz-security-token x-amz-delete-marker x-amz-user-agent
    X-Amz-Algorithm X-Amz-Credential X-Amz-Date X-Amz-Expires X-Amz-Security-Token
    X-Amz-Signature X-Amz-SignedHeaders X-Amz-Content-Sha256
    Content-Type Content-Length Content-MD5 Content-Encoding Content-Disposition
    Content-Language Content-Range
    AuthWorkflowID CredentialType UserAuthentication CredentialChallenge CredentialVerification
    insightDuration baselineDuration value reason updatedFields originalRequestID originalEventID
    """
)

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
_OPERATOR = re.compile(
    r"""
    (For(AnyValue|AllValues):)?
    ( String(Not)?(Equals|Like|EqualsIgnoreCase) | Arn(Not)?(Equals|Like)
    | (Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)
    | Bool | BinaryEquals | (Not)?IpAddress
    )
    (IfExists)? | Null
    """,
    re.VERBOSE,
)

# Keys with a part that the customer chooses, like aws:PrincipalTag/team, are not in the list.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_identityandaccessmanagement.html
_CONDITION_KEYS = _words(
    """
    aws:calledvia aws:calledviafirst aws:calledvialast aws:currenttime aws:epochtime
    aws:ec2instancesourceprivateipv4 aws:ec2instancesourcevpc aws:federatedprovider
    aws:multifactorauthage aws:multifactorauthpresent aws:principalaccount aws:principalarn
    aws:principalisawsservice aws:principalorgid aws:principalorgpaths aws:principalservicename
    aws:principalservicenameslist aws:principaltype aws:referer aws:requestedregion
    aws:resourceaccount aws:resourceorgid aws:resourceorgpaths aws:securetransport
    aws:sourceaccount aws:sourcearn aws:sourceidentity aws:sourceip aws:sourceorgid
    aws:sourceorgpaths aws:sourcevpc aws:sourcevpcarn aws:sourcevpce aws:tagkeys
    aws:tokenissuetime aws:useragent aws:userid aws:username aws:viaawsservice
    aws:vpceaccount aws:vpceorgid aws:vpceorgpaths aws:vpcsourceip
    ec2:attribute ec2:authenticationtype ec2:createaction ec2:encrypted ec2:instancetype ec2:owner
    ec2:region ec2:roledelivery ec2:sourceinstancearn ec2:vpc
    iam:associatedresourcearn iam:awsservicename iam:organizationspolicyid iam:passedtoservice
    iam:permissionsboundary iam:policyarn
    kms:calleraccount kms:encryptionalgorithm kms:encryptioncontextkeys kms:grantconstrainttype
    kms:grantisforawsresource kms:grantoperations kms:granteeprincipal kms:keyorigin kms:keyspec
    kms:keyusage kms:multiregion kms:requestalias kms:resourcealiases kms:retiringprincipal
    kms:viaservice
    s3:accessgrantsinstancearn s3:accesspointnetworkorigin s3:authtype s3:dataaccesspointaccount
    s3:dataaccesspointarn s3:delimiter s3:locationconstraint s3:max-keys s3:object-lock-mode
    s3:prefix s3:resourceaccount s3:signatureage s3:signatureversion s3:tlsversion s3:versionid
    s3:x-amz-acl s3:x-amz-content-sha256 s3:x-amz-copy-source s3:x-amz-grant-full-control
    s3:x-amz-grant-read s3:x-amz-server-side-encryption
    s3:x-amz-server-side-encryption-aws-kms-key-id s3:x-amz-storage-class
    sts:awsservicename sts:durationseconds sts:externalid sts:rolesessionname sts:sourceidentity
    sts:transitivetagkeys
    """
)


def is_defined_member(name: str, event: str) -> bool:
    """Whether AWS defines the name; ``event`` is that of the record, which names its wrappers.

    EC2 writes the parameters of some calls below the name of the call: ``CreateFleetRequest``.
    """
    if name in _MEMBERS or name in (f"{event}Request", f"{event}Response"):
        return True
    # IAM does not distinguish uppercase and lowercase in the names of condition keys.
    return name.lower() in _CONDITION_KEYS or bool(_OPERATOR.fullmatch(name))
