"""Builds, state machines, runbooks and notebooks that were changed to run other code."""

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
        "than the caller. Anyone who changes the code uses that role with the next run."
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
    shows=(
        "requestParameters.name",
        "requestParameters.projectName",
        "requestParameters.stateMachineArn",
        "requestParameters.notebookInstanceName",
    ),
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
            "a batch of builds is started with other commands",
            api_call(
                "codebuild",
                "StartBuildBatch",
                iam_user("mallory"),
                request={"projectName": "deploy", "buildspecOverride": "version: 0.2"},
            ),
        ),
        Example(
            "an SSH key is added to a development endpoint",
            api_call(
                "glue",
                "UpdateDevEndpoint",
                assumed_role_identity("Developer"),
                request={"endpointName": "dev", "publicKey": "ssh-ed25519 AAAAEXAMPLE"},
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
            api_call(
                "states",
                "UpdateStateMachine",
                assumed_role_identity("Deployer", federated_provider=_GITHUB),
            ),
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
            "a project of AWS IoT SiteWise is changed",
            api_call("iotsitewise", "UpdateProject", iam_user("alice")),
        ),
        Example(
            "a development endpoint is deleted",
            api_call("glue", "DeleteDevEndpoint", iam_user("alice")),
        ),
        Example(
            "a version of a runbook becomes the default",
            api_call(
                "ssm",
                "UpdateDocumentDefaultVersion",
                iam_user("alice"),
                request={"name": "deploy", "documentVersion": "2"},
            ),
        ),
        Example(
            "a notebook instance is created with a script",
            api_call(
                "sagemaker",
                "CreateNotebookInstance",
                iam_user("alice"),
                request={"notebookInstanceName": "research", "lifecycleConfigName": "start"},
            ),
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
