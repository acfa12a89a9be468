"""Code of Lambda functions and commands of ECS tasks that use the credentials of a role."""

from detections._conditions import (
    CALLED_DIRECTLY,
    NO_WEB_IDENTITY,
    SUCCEEDED,
    calls,
)
from trailbell import (
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

_GITHUB = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"

FUNCTION_CODE_CHANGED = Detection(
    id="function-code-changed",
    title="A Lambda function got new code, layers or sources, or an ECS task reads credentials",
    packs=("persistence",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                field("eventSource").equals("lambda.amazonaws.com"),
                # CloudTrail records the name with or without the version of the API:
                # https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
                any_of(
                    field("eventName").starts_with("UpdateFunctionCode"),
                    field("eventName").equals("CreateFunction"),
                    field("eventName").starts_with("CreateFunction2"),
                    field("eventName").starts_with("CreateEventSourceMapping"),
                    field("eventName").starts_with("UpdateEventSourceMapping"),
                    # Code then needs no signature, or that of another publisher.
                    field("eventName").starts_with("DeleteFunctionCodeSigningConfig"),
                    field("eventName").starts_with("UpdateCodeSigningConfig"),
                    all_of(
                        field("eventName").starts_with("UpdateFunctionConfiguration"),
                        field("requestParameters.layers[*]").present(),
                    ),
                ),
            ),
            all_of(
                calls("ecs", "RegisterTaskDefinition"),
                # The variable with the path of the credentials of the task's role:
                # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
                field("requestParameters.containerDefinitions[0].command[*]").contains(
                    "AWS_CONTAINER_CREDENTIALS"
                ),
            ),
        ),
        CALLED_DIRECTLY,
        NO_WEB_IDENTITY,
        SUCCEEDED,
    ),
    why=(
        "Code and layers run with the permissions of the function's role, at each event of its "
        "sources. A task whose command reads the credentials of its role can send them away."
    ),
    runbook=(
        "Compare the function (functionName) or task (family) with its last deployment.",
        "If it was not planned: deploy it again, and disable the caller's credentials.",
        "Check what the role of the function or task did since then.",
    ),
    false_positives=(
        "Deployments without CloudFormation, and people who change functions by hand. Exclude the "
        "deployment role. What CloudFormation changes, pipelines and pods that sign in with a "
        "token of GitHub, GitLab or Kubernetes, and denied calls are not detected. Of task "
        "definitions, only those whose command names the credentials are."
    ),
    controls=Controls(mitre_attack=("T1648", "T1552")),
    shows=(
        "requestParameters.functionName",
        "requestParameters.family",
    ),
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
            "a layer of another account is added to a function",
            api_call(
                "lambda",
                "UpdateFunctionConfiguration20150331v2",
                iam_user("mallory"),
                request={
                    "functionName": "shop",
                    "layers": ["arn:aws:lambda:us-east-1:123456789012:layer:helper:3"],
                },
            ),
        ),
        Example(
            "a role creates a function",
            api_call(
                "lambda",
                "CreateFunction20150331",
                assumed_role_identity("Developer"),
                request={"functionName": "again", "runtime": "python3.13"},
            ),
        ),
        Example(
            "code without a valid signature is deployed with a warning",
            api_call(
                "lambda",
                "UpdateCodeSigningConfig20200422",
                iam_user("mallory"),
                request={"codeSigningPolicies": {"untrustedArtifactOnDeployment": "Warn"}},
            ),
        ),
        Example(
            "a function no longer needs signed code",
            api_call(
                "lambda",
                "DeleteFunctionCodeSigningConfig20200630",
                assumed_role_identity("Developer"),
                request={"functionName": "shop"},
            ),
        ),
        Example(
            "an IAM user connects a table with a function",
            api_call(
                "lambda",
                "CreateEventSourceMapping20150331",
                iam_user("mallory", mfa=True),
                request={
                    "functionName": "again",
                    "eventSourceArn": "arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/1",
                },
            ),
        ),
        Example(
            "a task is defined that sends away the credentials of its role",
            api_call(
                "ecs",
                "RegisterTaskDefinition",
                iam_user("mallory"),
                request={
                    "family": "web",
                    "containerDefinitions": [
                        {
                            "name": "web",
                            "command": [
                                "sh",
                                "-c",
                                "curl 169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                            ],
                        }
                    ],
                },
            ),
        ),
        Example(
            "a function is created, recorded without the API version",
            api_call(
                "lambda", "CreateFunction", iam_user("mallory"), request={"functionName": "again"}
            ),
        ),
        Example(
            "the source of events of a function is changed",
            api_call(
                "lambda",
                "UpdateEventSourceMapping20150331",
                assumed_role_identity("Developer"),
                request={"uUID": "01234567-89ab-cdef-0123-456789abcdef", "functionName": "again"},
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
            "a pipeline of GitHub changes the code of a function",
            api_call(
                "lambda",
                "UpdateFunctionCode20150331v2",
                assumed_role_identity("Deployer", federated_provider=_GITHUB),
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
            "a task with another command is defined",
            api_call(
                "ecs",
                "RegisterTaskDefinition",
                assumed_role_identity("Developer"),
                request={
                    "family": "web",
                    "containerDefinitions": [{"name": "web", "command": ["serve"]}],
                },
            ),
        ),
        Example(
            "a task is run with the credentials of its role",
            api_call(
                "ecs",
                "RunTask",
                assumed_role_identity("Pipeline"),
                request={"taskDefinition": "web"},
            ),
        ),
        Example(
            "the layers of a function are removed",
            api_call(
                "lambda",
                "UpdateFunctionConfiguration20150331v2",
                iam_user("alice"),
                request={"functionName": "shop", "layers": []},
            ),
        ),
        Example(
            "a function gets a URL that requires signed requests",
            api_call(
                "lambda",
                "CreateFunctionUrlConfig",
                iam_user("alice"),
                request={"functionName": "shop", "authType": "AWS_IAM"},
            ),
        ),
        Example(
            "a function of CloudFront is created",
            api_call("cloudfront", "CreateFunction2020_05_31", iam_user("alice")),
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
