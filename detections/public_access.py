"""What was opened to everybody: functions, and buckets by their access control list."""

from detections._conditions import SUCCEEDED, calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.pattern import all_of, any_of, field
from trailbell.samples import api_call, iam_user, role, sso_person

FUNCTION_MADE_PUBLIC = Detection(
    id="function-made-public",
    title="A Lambda function may now be called by everybody",
    packs=(Pack.EXPOSURE,),
    severity=Severity.HIGH,
    pattern=all_of(
        field("eventSource").equals("lambda.amazonaws.com"),
        any_of(
            all_of(
                any_of(
                    field("eventName").starts_with("CreateFunctionUrlConfig"),
                    field("eventName").starts_with("UpdateFunctionUrlConfig"),
                ),
                field("requestParameters.authType").equals("NONE"),
            ),
            all_of(
                # With the version of the API and without:
                # https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
                field("eventName").starts_with("AddPermission"),
                field("requestParameters.principal").matches(r"^\*$"),
                field("requestParameters.sourceArn").missing_or_null(),
                field("requestParameters.sourceAccount").missing_or_null(),
                field("requestParameters.principalOrgID").missing_or_null(),
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "A function runs with its role. Open to everybody it is a way in for strangers, and a way "
        "back for who was in."
    ),
    respond=(
        "See what the function does and what its role may do.",
        "If nobody planned it: remove the address or the permission, disable who made it.",
        "See the function's log and metrics for who called it meanwhile.",
    ),
    false_alarms=(
        "Functions that are meant for everybody and check callers themselves. Exclude the role "
        "that deploys them. An address that was open and is set anew rings again."
    ),
    controls=Controls(attack=("T1648",)),
    fires=(
        Example(
            "a function is given an address without authentication",
            api_call(
                "lambda",
                "CreateFunctionUrlConfig",
                iam_user("mallory"),
                request={"functionName": "shop", "authType": "NONE"},
                response={"functionUrl": "https://example.lambda-url.us-east-1.on.aws/"},
            ),
        ),
        Example(
            "everybody may call a function",
            api_call(
                "lambda",
                "AddPermission20150331v2",
                sso_person("mallory"),
                request={
                    "functionName": "shop",
                    "statementId": "all",
                    "action": "lambda:InvokeFunction",
                    "principal": "*",
                },
            ),
        ),
        Example(
            "everybody may call a function, told without the version of the API",
            api_call(
                "lambda",
                "AddPermission",
                iam_user("mallory"),
                request={"functionName": "shop", "statementId": "all", "principal": "*"},
            ),
        ),
    ),
    silent=(
        Example(
            "a bucket may call a function",
            api_call(
                "lambda",
                "AddPermission20150331v2",
                role("Deployer"),
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
            "a bucket may call a function, told without the version of the API",
            api_call(
                "lambda",
                "AddPermission",
                role("Deployer"),
                request={
                    "functionName": "shop",
                    "principal": "s3.amazonaws.com",
                    "sourceArn": "arn:aws:s3:::shop",
                },
            ),
        ),
        Example(
            "everybody may use a layer",
            api_call(
                "lambda",
                "AddLayerVersionPermission20181031",
                role("Deployer"),
                request={"layerName": "shop", "principal": "*"},
            ),
        ),
        Example(
            "everybody of the organization may call a function",
            api_call(
                "lambda",
                "AddPermission20150331v2",
                role("Deployer"),
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
            "a function is given an address for callers who sign",
            api_call(
                "lambda",
                "CreateFunctionUrlConfig",
                role("Deployer"),
                request={"functionName": "shop", "authType": "AWS_IAM"},
            ),
        ),
        Example(
            "a function is given an address without authentication, which was refused",
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
    title="A bucket was opened to everybody by its access control list",
    packs=(Pack.EXPOSURE,),
    severity=Severity.HIGH,
    pattern=all_of(
        calls("s3", "PutBucketAcl", "CreateBucket"),
        any_of(
            field("requestParameters.x-amz-acl").starts_with("public-"),
            field("requestParameters.x-amz-acl").equals("authenticated-read"),
            field("requestParameters.x-amz-acl[0]").starts_with("public-"),
            field("requestParameters.x-amz-acl[0]").equals("authenticated-read"),
            *(
                field(
                    f"requestParameters.AccessControlPolicy.AccessControlList.{grant}.Grantee.URI"
                ).ends_with(group)
                for grant in ("Grant", "Grant[*]")
                for group in ("/AllUsers", "/AuthenticatedUsers")
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "Lists that name everybody are the classic leak: whoever guesses the bucket's name lists "
        "it or writes to it. Hardly anything needs them any more."
    ),
    respond=(
        "Block public access of the bucket, or better of the whole account.",
        "See what lies in the bucket, and in its access logs who read it.",
        "If nobody planned it: disable who did it.",
    ),
    false_alarms=(
        "Old web sites in buckets. Public access by a bucket policy does not ring here, but "
        "public-access-block-loosened does where a block has to go first. Grants in headers "
        "(x-amz-grant-read and the like) and lists of single objects do not ring."
    ),
    controls=Controls(relates_to=8, attack=("T1530",)),
    fires=(
        Example(
            "a bucket is made readable for everybody",
            api_call(
                "s3",
                "PutBucketAcl",
                iam_user("mallory"),
                request={"bucketName": "shop", "acl": "", "x-amz-acl": "public-read"},
            ),
        ),
        Example(
            "a list with everybody among others is set",
            api_call(
                "s3",
                "PutBucketAcl",
                sso_person("mallory"),
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
            "a list of old form is set",
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
            "the delivery of logs may write",
            api_call(
                "s3",
                "PutBucketAcl",
                role("Deployer"),
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
            "a bucket is made readable for everybody, which was refused",
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
