"""Resources made public by their own policy or ACL: Lambda functions, S3 buckets."""

from detections._conditions import SUCCEEDED, calls
from trailbell import (
    ACCOUNT,
    OTHER_ACCOUNT,
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
)

FUNCTION_MADE_PUBLIC = Detection(
    id="function-made-public",
    title="A Lambda function was made public, or opened to another account",
    packs=("exposure",),
    severity=Severity.HIGH,
    pattern=all_of(
        field("eventSource").equals("lambda.amazonaws.com"),
        any_of(
            # Only CreateFunctionUrlConfig and UpdateFunctionUrlConfig have it.
            field("requestParameters.authType").equals("NONE"),
            all_of(
                # CloudTrail records the name with or without the version of the API:
                # https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
                field("eventName").starts_with("AddPermission"),
                # Services are s3.amazonaws.com, alexa-appkit.amazon.com and so on. What is left is
                # "*", or another account: its number, or an ARN with it.
                field("requestParameters.principal").present_and_does_not_contain(
                    ".amazon", "${OwnAccountId}"
                ),
                field("requestParameters.sourceArn").missing_or_null(),
                field("requestParameters.sourceAccount").missing_or_null(),
                field("requestParameters.principalOrgID").missing_or_null(),
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "A function runs with the permissions of its role. Who can call it from outside can use "
        "them, and attackers do so to come back."
    ),
    runbook=(
        "Identify who may call it (principal), what the function does, and what its role may do.",
        "If it was not planned: delete the URL or permission, disable the caller's credentials.",
        "Check the function's log and metrics for calls since then.",
    ),
    false_positives=(
        "Public functions that check their callers themselves, and functions for other accounts of "
        "yours: exclude the deployment role, or set own_accounts. An update of a function URL that "
        "was public before is also detected. Denied calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1648",)),
    accepted_issues={"unguarded-not-equal": "AddPermission requires a principal."},
    shows=(
        "requestParameters.functionName",
        "requestParameters.principal",
        "requestParameters.authType",
    ),
    fires=(
        Example(
            "a function URL without authentication is created",
            api_call(
                "lambda",
                "CreateFunctionUrlConfig",
                iam_user("mallory"),
                request={"functionName": "shop", "authType": "NONE"},
                response={"functionUrl": "https://example.lambda-url.us-east-1.on.aws/"},
            ),
        ),
        Example(
            "everyone is allowed to call a function",
            api_call(
                "lambda",
                "AddPermission20150331v2",
                identity_center_user("mallory"),
                request={
                    "functionName": "shop",
                    "statementId": "all",
                    "action": "lambda:InvokeFunction",
                    "principal": "*",
                },
            ),
        ),
        Example(
            "everyone is allowed to call a function, recorded without the API version",
            api_call(
                "lambda",
                "AddPermission",
                iam_user("mallory"),
                request={"functionName": "shop", "statementId": "all", "principal": "*"},
            ),
        ),
        Example(
            "a role of another account is allowed to call a function",
            api_call(
                "lambda",
                "AddPermission20150331v2",
                iam_user("mallory"),
                request={
                    "functionName": "shop",
                    "statementId": "guest",
                    "action": "lambda:InvokeFunction",
                    "principal": f"arn:aws:iam::{OTHER_ACCOUNT}:role/guest",
                },
            ),
        ),
        Example(
            "another account is allowed to change a function",
            api_call(
                "lambda",
                "AddPermission20150331v2",
                identity_center_user("mallory"),
                request={
                    "functionName": "shop",
                    "statementId": "guest",
                    "action": "lambda:UpdateFunctionCode",
                    "principal": OTHER_ACCOUNT,
                },
            ),
        ),
    ),
    silent=(
        Example(
            "a bucket is allowed to call a function",
            api_call(
                "lambda",
                "AddPermission20150331v2",
                assumed_role_identity("Deployer"),
                request={
                    "functionName": "shop",
                    "statementId": "bucket",
                    "action": "lambda:InvokeFunction",
                    "principal": "s3.amazonaws.com",
                    "sourceArn": "arn:aws:s3:::shop",
                },
            ),
        ),
        Example(
            "a bucket is allowed to call a function, recorded without the API version",
            api_call(
                "lambda",
                "AddPermission",
                assumed_role_identity("Deployer"),
                request={
                    "functionName": "shop",
                    "principal": "s3.amazonaws.com",
                    "sourceArn": "arn:aws:s3:::shop",
                },
            ),
        ),
        Example(
            "a role of the account is allowed to call a function",
            api_call(
                "lambda",
                "AddPermission20150331v2",
                assumed_role_identity("Deployer"),
                request={
                    "functionName": "shop",
                    "statementId": "role",
                    "action": "lambda:InvokeFunction",
                    "principal": f"arn:aws:iam::{ACCOUNT}:role/Caller",
                },
            ),
        ),
        Example(
            "Alexa is allowed to call a function",
            api_call(
                "lambda",
                "AddPermission20150331v2",
                iam_user("alice"),
                request={
                    "functionName": "shop",
                    "statementId": "alexa",
                    "action": "lambda:InvokeFunction",
                    "principal": "alexa-appkit.amazon.com",
                },
            ),
        ),
        Example(
            "everyone is allowed to use a layer",
            api_call(
                "lambda",
                "AddLayerVersionPermission20181031",
                assumed_role_identity("Deployer"),
                request={"layerName": "shop", "principal": "*"},
            ),
        ),
        Example(
            "everyone in the organization is allowed to call a function",
            api_call(
                "lambda",
                "AddPermission20150331v2",
                assumed_role_identity("Deployer"),
                request={
                    "functionName": "shop",
                    "statementId": "ours",
                    "action": "lambda:InvokeFunction",
                    "principal": "*",
                    "principalOrgID": "o-exampleorgid",
                },
            ),
        ),
        Example(
            "a function URL with IAM authentication is created",
            api_call(
                "lambda",
                "CreateFunctionUrlConfig",
                assumed_role_identity("Deployer"),
                request={"functionName": "shop", "authType": "AWS_IAM"},
            ),
        ),
        Example(
            "a call to create a function URL without authentication is denied",
            api_call(
                "lambda",
                "CreateFunctionUrlConfig",
                iam_user("mallory"),
                request={"functionName": "shop", "authType": "NONE"},
                error="AccessDenied",
            ),
        ),
    ),
)

BUCKET_OPENED_BY_ACL = Detection(
    id="bucket-opened-by-acl",
    title="A bucket was made public by an ACL",
    packs=("exposure",),
    severity=Severity.HIGH,
    pattern=all_of(
        calls("s3", "PutBucketAcl", "CreateBucket"),
        any_of(
            field("requestParameters.x-amz-acl").starts_with("public-"),
            field("requestParameters.x-amz-acl").equals("authenticated-read"),
            field("requestParameters.x-amz-acl[0]").starts_with("public-"),
            field("requestParameters.x-amz-acl[0]").equals("authenticated-read"),
            # AllUsers and AuthenticatedUsers. The third group is LogDelivery.
            *(
                field(
                    f"requestParameters.AccessControlPolicy.AccessControlList.{grant}.Grantee.URI"
                ).ends_with("Users")
                for grant in ("Grant", "Grant[*]")
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "With a public ACL, anyone who guesses the bucket's name can list it or write to it. "
        "Hardly any application still needs one."
    ),
    runbook=(
        "Restore Block Public Access for the bucket, or better for the account.",
        "Review the objects in the bucket, and check its access logs for readers.",
        "If it was not planned: disable the caller's credentials.",
    ),
    false_positives=(
        "Older public websites in buckets. Not detected: public bucket policies "
        "(public-access-block-loosened detects the step before, where there is one), grants in "
        "headers (x-amz-grant-read and similar), and ACLs of single objects. Denied calls are not "
        "detected."
    ),
    controls=Controls(related_cis_control=8, mitre_attack=("T1530",)),
    fires=(
        Example(
            "a bucket is made public-read",
            api_call(
                "s3",
                "PutBucketAcl",
                iam_user("mallory"),
                request={"bucketName": "shop", "acl": "", "x-amz-acl": "public-read"},
            ),
        ),
        Example(
            "an ACL with a grant to all users is set",
            api_call(
                "s3",
                "PutBucketAcl",
                identity_center_user("mallory"),
                request={
                    "bucketName": "shop",
                    "acl": "",
                    "AccessControlPolicy": {
                        "AccessControlList": {
                            "Grant": [
                                {
                                    "Grantee": {"xsi:type": "CanonicalUser", "ID": "0123456789"},
                                    "Permission": "FULL_CONTROL",
                                },
                                {
                                    "Grantee": {
                                        "xsi:type": "Group",
                                        "URI": "http://acs.amazonaws.com/groups/global/AllUsers",
                                    },
                                    "Permission": "READ",
                                },
                            ]
                        }
                    },
                },
            ),
        ),
        Example(
            "an ACL with a single grant to all users with an AWS account is set",
            api_call(
                "s3",
                "PutBucketAcl",
                iam_user("mallory"),
                request={
                    "bucketName": "shop",
                    "acl": "",
                    "AccessControlPolicy": {
                        "AccessControlList": {
                            "Grant": {
                                "Grantee": {
                                    "xsi:type": "Group",
                                    "URI": (
                                        "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
                                    ),
                                },
                                "Permission": "READ",
                            }
                        }
                    },
                },
            ),
        ),
        Example(
            "an ACL is set, recorded in the older form",
            api_call(
                "s3",
                "PutBucketAcl",
                iam_user("mallory"),
                request={"bucketName": "shop", "acl": [""], "x-amz-acl": ["public-read-write"]},
            ),
        ),
    ),
    silent=(
        Example(
            "a bucket is made private",
            api_call(
                "s3",
                "PutBucketAcl",
                iam_user("alice"),
                request={"bucketName": "shop", "acl": "", "x-amz-acl": "private"},
            ),
        ),
        Example(
            "log delivery is allowed to write to a bucket",
            api_call(
                "s3",
                "PutBucketAcl",
                assumed_role_identity("Deployer"),
                request={
                    "bucketName": "shop-logs",
                    "AccessControlPolicy": {
                        "AccessControlList": {
                            "Grant": {
                                "Grantee": {
                                    "xsi:type": "Group",
                                    "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery",
                                },
                                "Permission": "WRITE",
                            }
                        }
                    },
                },
            ),
        ),
        Example(
            "a bucket is created without an ACL",
            api_call(
                "s3",
                "CreateBucket",
                assumed_role_identity("Deployer"),
                request={"bucketName": "shop"},
            ),
        ),
        Example(
            "an ACL with a grant to another account is set, which is not public",
            api_call(
                "s3",
                "PutBucketAcl",
                iam_user("alice"),
                request={
                    "bucketName": "shop",
                    "acl": "",
                    "AccessControlPolicy": {
                        "AccessControlList": {
                            "Grant": {
                                "Grantee": {"xsi:type": "CanonicalUser", "ID": "0123456789"},
                                "Permission": "READ",
                            }
                        }
                    },
                },
            ),
        ),
        Example(
            "a call to make a bucket public-read fails",
            api_call(
                "s3",
                "PutBucketAcl",
                iam_user("mallory"),
                request={"bucketName": "shop", "acl": "", "x-amz-acl": "public-read"},
                error="AccessControlListNotSupported",
            ),
        ),
    ),
)
