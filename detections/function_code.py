"""Code of Lambda functions that is changed by people."""

from detections._conditions import (
    CALLED_DIRECTLY,
    IAM_OR_IDENTITY_CENTER_USER,
    SUCCEEDED,
)
from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
)

FUNCTION_CODE_CHANGED = Detection(
    id="function-code-changed",
    title="A person changed the code of a Lambda function",
    packs=("persistence",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        field("eventSource").equals("lambda.amazonaws.com"),
        # CloudTrail records the name with or without the version of the API:
        # https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
        field("eventName").starts_with("UpdateFunctionCode"),
        IAM_OR_IDENTITY_CENTER_USER,
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "New code runs with the permissions of the function's role, each time it is called. "
        "Attackers change a function that exists, because a new one is noticed."
    ),
    runbook=(
        "Compare the code of the function (functionName) with the last deployment.",
        "If it was not planned: deploy the function again, and disable the caller's credentials.",
        "Check what the role of the function did since then.",
    ),
    false_positives=(
        "People who deploy functions by hand. Exclude their users or roles, or deploy with a role "
        "of the pipeline: only IAM users and users of IAM Identity Center are detected. Denied "
        "calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1648",)),
    fires=(
        Example(
            "an IAM user changes the code of a function",
            api_call(
                "lambda",
                "UpdateFunctionCode20150331v2",
                iam_user("mallory"),
                request={"functionName": "shop", "dryRun": False, "publish": False},
            ),
        ),
        Example(
            "a user of IAM Identity Center changes the code of a function",
            api_call(
                "lambda",
                "UpdateFunctionCode20150331v2",
                identity_center_user("mallory"),
                request={"functionName": "shop", "s3Bucket": "elsewhere", "s3Key": "code.zip"},
            ),
        ),
        Example(
            "the code of a function is changed, recorded without the API version",
            api_call(
                "lambda",
                "UpdateFunctionCode",
                iam_user("mallory"),
                request={"functionName": "shop"},
            ),
        ),
    ),
    silent=(
        Example(
            "a pipeline changes the code of a function",
            api_call(
                "lambda",
                "UpdateFunctionCode20150331v2",
                assumed_role_identity("Deployer"),
                request={"functionName": "shop", "s3Bucket": "artifacts", "s3Key": "code.zip"},
            ),
        ),
        Example(
            "CloudFormation changes the code of a function for an IAM user",
            api_call(
                "lambda",
                "UpdateFunctionCode20150331v2",
                iam_user("alice", invoked_by="cloudformation.amazonaws.com"),
                request={"functionName": "shop"},
            ),
        ),
        Example(
            "a call to change the code of a function is denied",
            api_call(
                "lambda",
                "UpdateFunctionCode20150331v2",
                iam_user("mallory"),
                request={"functionName": "shop"},
                error="AccessDenied",
            ),
        ),
        Example(
            "the memory of a function is changed",
            api_call(
                "lambda",
                "UpdateFunctionConfiguration20150331v2",
                iam_user("alice"),
                request={"functionName": "shop", "memorySize": 512},
            ),
        ),
        Example(
            "the code of a function is read",
            api_call(
                "lambda",
                "GetFunction20150331v2",
                iam_user("alice"),
                request={"functionName": "shop"},
                read_only=True,
            ),
        ),
    ),
)
