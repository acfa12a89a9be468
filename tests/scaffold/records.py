"""Records of CloudTrail, as a person has them: invented, with an account, names and addresses."""

from typing import Any

OWN, FOREIGN = f"{4829_1337_7105}", f"{7392_0184_6652}"
"""Accounts that are not those of examples."""


def role_caller() -> dict[str, Any]:
    """A person who assumed a role, with their e-mail address as the name of the session."""
    return {
        "type": "AssumedRole",
        "principalId": "AROAZ7K3QWXYM4N5PLRTV:jane.roe@acme-corp.io",
        "arn": f"arn:aws:sts::{OWN}:assumed-role/AcmeAdmins/jane.roe@acme-corp.io",
        "accountId": OWN,
        "accessKeyId": "ASIAZ7K3QWXYB2C4D6E8",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAZ7K3QWXYM4N5PLRTV",
                "arn": f"arn:aws:iam::{OWN}:role/AcmeAdmins",
                "accountId": OWN,
                "userName": "AcmeAdmins",
            },
            "attributes": {"creationDate": "2025-09-02T07:11:09Z", "mfaAuthenticated": "true"},
        },
    }


def user_caller(name: str = "jroe") -> dict[str, Any]:
    """An IAM user with an access key."""
    return {
        "type": "IAMUser",
        "principalId": "AIDAZ7K3QWXYM4N5PLRTV",
        "arn": f"arn:aws:iam::{OWN}:user/{name}",
        "accountId": OWN,
        "accessKeyId": "AKIAZ7K3QWXYB2C4D6E8",
        "userName": name,
    }


def record(
    source: str, name: str, request: Any = None, caller: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A record of an API call, as CloudTrail delivers it."""
    return {
        "eventVersion": "1.11",
        "userIdentity": role_caller() if caller is None else caller,
        "eventTime": "2025-09-02T07:15:40Z",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-central-1",
        "sourceIPAddress": "84.17.52.3",
        "userAgent": "aws-cli/2.17.4 md/awscrt#0.20 os/macos#23.5.0 lang/python#3.11.9",
        "requestParameters": request,
        "responseElements": None,
        "requestID": "0f6c1a52-1d2e-4b7f-8f11-2a9d0c3b4e55",
        "eventID": "9a1f0c52-7de4-4f0b-9a75-0b3d1c2e4f66",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": OWN,
        "eventCategory": "Management",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": f"{source}.eu-central-1.amazonaws.com",
        },
    } | more


DELETE_SECRET = record(
    "secretsmanager",
    "DeleteSecret",
    {
        "secretId": f"arn:aws:secretsmanager:eu-central-1:{OWN}:secret:prod/billing-Ab12Cd",
        "forceDeleteWithoutRecovery": True,
    },
)
OPEN_SSH = record(
    "ec2",
    "AuthorizeSecurityGroupIngress",
    {
        "groupId": "sg-0a9f8e7d6c5b4a392",
        "ipPermissions": {
            "items": [
                {
                    "ipProtocol": "tcp",
                    "fromPort": 22,
                    "toPort": 22,
                    "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0", "description": "jane home"}]},
                }
            ]
        },
    },
    user_caller(),
)
DENIED = record(
    "kms",
    "PutKeyPolicy",
    {"keyId": "5f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f", "policyName": "default"},
    user_caller(),
    errorCode="AccessDenied",
    errorMessage=(
        f"User: arn:aws:iam::{OWN}:user/jroe is not authorized to perform: kms:PutKeyPolicy on "
        "resource Zanzibar because no identity-based policy allows the kms:PutKeyPolicy action"
    ),
)
SIGN_IN = record(
    "signin",
    "ConsoleLogin",
    None,
    user_caller(),
    eventType="AwsConsoleSignIn",
    responseElements={"ConsoleLogin": "Success"},
    additionalEventData={
        "LoginTo": "https://eu-central-1.console.aws.amazon.com/ec2?hashArgs=%23&state=acme",
        "MobileVersion": "No",
        "MFAUsed": "No",
    },
)
ROOT_KEY = record(
    "iam",
    "CreateAccessKey",
    None,
    {
        "type": "Root",
        "principalId": OWN,
        "arn": f"arn:aws:iam::{OWN}:root",
        "accountId": OWN,
        "accessKeyId": "",
    },
)
ROTATION = record(
    "kms",
    "RotateKey",
    None,
    {"accountId": OWN, "invokedBy": "AWS Internal"},
    eventType="AwsServiceEvent",
    serviceEventDetails={"keyId": "5f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f"},
)
INSIGHT: dict[str, Any] = {
    "eventVersion": "1.08",
    "eventTime": "2025-09-02T07:15:40Z",
    "awsRegion": "eu-central-1",
    "eventID": "9a1f0c52-7de4-4f0b-9a75-0b3d1c2e4f66",
    "eventType": "AwsCloudTrailInsight",
    "recipientAccountId": OWN,
    "sharedEventID": "0f6c1a52-1d2e-4b7f-8f11-2a9d0c3b4e55",
    "insightDetails": {
        "state": "Start",
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateAccessKey",
        "insightType": "ApiErrorRateInsight",
        "errorCode": "AccessDenied",
        "insightContext": {
            "statistics": {"baseline": {"average": 0.01}, "insight": {"average": 12.0}},
            "attributions": [
                {
                    "attribute": "userIdentityArn",
                    "insight": [{"value": f"arn:aws:iam::{OWN}:user/jroe", "average": 12.0}],
                    "baseline": [],
                }
            ],
        },
    },
    "eventCategory": "Insight",
}
SHARED_SNAPSHOT = record(
    "ec2",
    "ModifySnapshotAttribute",
    {
        "snapshotId": "snap-0a9f8e7d6c5b4a392",
        "createVolumePermission": {"add": {"items": [{"userId": FOREIGN}]}},
        "attributeType": "CREATE_VOLUME_PERMISSION",
    },
)
BUCKET_POLICY = record(
    "s3",
    "PutBucketPolicy",
    {
        "bucketName": f"acme-payroll-{OWN}",
        "Host": f"acme-payroll-{OWN}.s3.eu-central-1.amazonaws.com",
        "bucketPolicy": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AcmeShare",
                    "Effect": "Allow",
                    "Principal": {"AWS": [f"arn:aws:iam::{FOREIGN}:root"]},
                    "Action": ["s3:GetObject", "s3:List*"],
                    "Resource": [f"arn:aws:s3:::acme-payroll-{OWN}/*"],
                    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
                }
            ],
        },
    },
    additionalEventData={"SignatureVersion": "SigV4", "x-amz-id-2": "c0pZ0pQ3xkT1b9y8w=="},
)
PUBLIC_FUNCTION = record(
    "lambda",
    "AddPermission20150331v2",
    {"functionName": "pay", "action": "lambda:InvokeFunction", "principal": "*"},
)
ALL = {
    "a function that everyone may call": PUBLIC_FUNCTION,
    "a call with a parameter that is dangerous": DELETE_SECRET,
    "a port that is open to the internet": OPEN_SSH,
    "a call that was denied": DENIED,
    "a sign-in to the console": SIGN_IN,
    "a call of the root user": ROOT_KEY,
    "an event of a service": ROTATION,
    "an event of CloudTrail Insights": INSIGHT,
    "a resource that is shared": SHARED_SNAPSHOT,
    "a policy in the request": BUCKET_POLICY,
}
