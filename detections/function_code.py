"""Code that runs with a role and was changed: of functions, builds, jobs and notebooks."""

from typing import Any

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


def _web_identity(role: str) -> dict[str, Any]:
    """A caller that assumed a role with a token of GitHub.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    """
    identity = assumed_role_identity(role)
    identity["sessionContext"]["webIdFederationData"] = {"federatedProvider": _GITHUB}
    return identity


FUNCTION_CODE_CHANGED = Detection(
    id="function-code-changed",
    title="A Lambda function was created, or its code, layers or event sources were changed",
    packs=("persistence",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        field("eventSource").equals("lambda.amazonaws.com"),
        # CloudTrail records the name with or without the version of the API:
        # https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
        any_of(
            field("eventName").starts_with("UpdateFunctionCode"),
            field("eventName").equals("CreateFunction"),
            field("eventName").starts_with("CreateFunction2"),
            field("eventName").starts_with("CreateEventSourceMapping"),
            field("eventName").starts_with("UpdateEventSourceMapping"),
            # The code of the function then needs no signature.
            field("eventName").starts_with("DeleteFunctionCodeSigningConfig"),
            all_of(
                field("eventName").starts_with("UpdateFunctionConfiguration"),
                field("requestParameters.layers[*]").present(),
            ),
        ),
        CALLED_DIRECTLY,
        NO_WEB_IDENTITY,
        SUCCEEDED,
    ),
    why=(
        "Code and layers run with the permissions of the function's role, at each event of its "
        "sources. Attackers change a function that exists, because a new one is noticed."
    ),
    runbook=(
        "Compare the function (functionName), its layers and sources with the last deployment.",
        "If it was not planned: deploy the function again, and disable the caller's credentials.",
        "Check what the role of the function did since then.",
    ),
    false_positives=(
        "Deployments without CloudFormation, and people who change functions by hand. Exclude the "
        "deployment role. What CloudFormation changes, pipelines and pods that sign in with a "
        "token of GitHub, GitLab or Kubernetes, and denied calls are not detected."
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
                _web_identity("Deployer"),
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

JOB_CODE_CHANGED = Detection(
    id="job-code-changed",
    title="What a build, state machine, runbook or notebook runs was changed",
    packs=("persistence",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            calls("codebuild", "UpdateProject"),
            all_of(
                calls("codebuild", "StartBuild", "StartBuildBatch"),
                # Unsure: the member is that of the SDK's model, and may be redacted.
                field("requestParameters.buildspecOverride").present(),
                field("userIdentity.type").equals("IAMUser"),
            ),
            calls("glue", "CreateDevEndpoint", "UpdateDevEndpoint"),
            calls("states", "UpdateStateMachine"),
            calls("ssm", "UpdateDocument"),
            all_of(
                field("eventSource").equals("sagemaker.amazonaws.com"),
                any_of(
                    field("eventName").equals("UpdateNotebookInstanceLifecycleConfig"),
                    all_of(
                        field("eventName").equals("UpdateNotebookInstance"),
                        field("requestParameters.lifecycleConfigName").present(),
                    ),
                ),
            ),
        ),
        CALLED_DIRECTLY,
        NO_WEB_IDENTITY,
        SUCCEEDED,
    ),
    why=(
        "Builds, workflows, runbooks and notebooks run code with a role that often can do more "
        "than the caller. Who changes the code uses that role, now or at the next run."
    ),
    runbook=(
        "Compare what runs (name, projectName, stateMachineArn) with the last deployment.",
        "If it was not planned: restore it, stop runs, and disable the caller's credentials.",
        "Review what the role of the build, workflow or notebook did since then.",
    ),
    false_positives=(
        "Deployments without CloudFormation, and people who change builds, workflows, runbooks or "
        "notebooks by hand. Exclude the deployment role. Other commands for one build count only "
        "for IAM users, because programs give them to each build. Jobs of Glue and steps of EMR, "
        "which people change all day, what CloudFormation changes, callers that sign in with a "
        "token of GitHub, GitLab or Kubernetes, and denied calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1546", "T1059.009", "T1098.003")),
    fires=(
        Example(
            "the script that a notebook instance runs at its start is replaced",
            api_call(
                "sagemaker",
                "UpdateNotebookInstanceLifecycleConfig",
                assumed_role_identity("Developer"),
                request={
                    "notebookInstanceLifecycleConfigName": "start",
                    "onStart": [{"content": "IyEvYmluL3NoCg=="}],
                },
            ),
        ),
        Example(
            "a notebook instance gets another script",
            api_call(
                "sagemaker",
                "UpdateNotebookInstance",
                iam_user("mallory"),
                request={"notebookInstanceName": "research", "lifecycleConfigName": "start"},
            ),
        ),
        Example(
            "a build is started with other commands",
            api_call(
                "codebuild",
                "StartBuild",
                iam_user("mallory"),
                request={"projectName": "deploy", "buildspecOverride": "version: 0.2"},
            ),
        ),
        Example(
            "the project of a build is changed",
            api_call(
                "codebuild",
                "UpdateProject",
                assumed_role_identity("Developer"),
                request={"name": "deploy", "source": {"type": "NO_SOURCE"}},
            ),
        ),
        Example(
            "a state machine is changed",
            api_call(
                "states",
                "UpdateStateMachine",
                identity_center_user("mallory"),
                request={
                    "stateMachineArn": "arn:aws:states:us-east-1:111122223333:stateMachine:pay"
                },
            ),
        ),
        Example(
            "a development endpoint with an own SSH key is created",
            api_call(
                "glue",
                "CreateDevEndpoint",
                iam_user("mallory"),
                request={
                    "endpointName": "dev",
                    "roleArn": "arn:aws:iam::111122223333:role/GlueAdmin",
                    "publicKey": "ssh-ed25519 AAAAEXAMPLE",
                },
            ),
        ),
        Example(
            "the preferences of Session Manager are changed",
            api_call(
                "ssm",
                "UpdateDocument",
                iam_user("mallory"),
                request={"name": "SSM-SessionManagerRunShell", "documentVersion": "$LATEST"},
            ),
        ),
    ),
    silent=(
        Example(
            "a pipeline of GitHub changes a state machine",
            api_call("states", "UpdateStateMachine", _web_identity("Deployer")),
        ),
        Example(
            "a program starts a build with other commands",
            api_call(
                "codebuild",
                "StartBuild",
                assumed_role_identity("Orchestrator"),
                request={"projectName": "deploy", "buildspecOverride": "version: 0.2"},
            ),
        ),
        Example(
            "a person starts a build as it is",
            api_call(
                "codebuild", "StartBuild", iam_user("alice"), request={"projectName": "deploy"}
            ),
        ),
        Example(
            "CodePipeline starts a build with other commands",
            api_call(
                "codebuild",
                "StartBuild",
                assumed_role_identity("Pipeline", invoked_by="codepipeline.amazonaws.com"),
                request={"projectName": "deploy", "buildspecOverride": "version: 0.2"},
            ),
        ),
        Example(
            "CloudFormation changes the script of a notebook instance",
            api_call(
                "sagemaker",
                "UpdateNotebookInstanceLifecycleConfig",
                iam_user("alice", invoked_by="cloudformation.amazonaws.com"),
            ),
        ),
        Example(
            "a notebook instance gets a larger volume",
            api_call(
                "sagemaker",
                "UpdateNotebookInstance",
                iam_user("alice"),
                request={"notebookInstanceName": "research", "volumeSizeInGB": 50},
            ),
        ),
        Example(
            "a call to change a project is denied",
            api_call("codebuild", "UpdateProject", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "a notebook instance is stopped",
            api_call("sagemaker", "StopNotebookInstance", iam_user("alice")),
        ),
        Example(
            "a state machine is started",
            api_call("states", "StartExecution", iam_user("alice")),
        ),
    ),
)
