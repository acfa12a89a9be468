"""Shells and commands on instances and containers."""

from detections._conditions import CALLED_DIRECTLY, SUCCEEDED, calls
from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    aws_service,
    iam_user,
    identity_center_user,
)

_INSTANCE_ID = "i-0123456789abcdef0"
_COMMAND = {
    "documentName": "AWS-RunShellScript",
    "instanceIds": [_INSTANCE_ID],
    "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS",
    "interactive": False,
}

INSTANCE_SHELL_OR_COMMAND = Detection(
    id="instance-shell-or-command",
    title="A shell was opened or a command was run or scheduled on an instance or container",
    packs=("persistence",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            calls(
                "ssm",
                "SendCommand",
                "StartSession",
                "ResumeSession",
                "StartAutomationExecution",
                # These run commands later, and again.
                "CreateAssociation",
                "CreateAssociationBatch",
                "UpdateAssociation",
                "RegisterTaskWithMaintenanceWindow",
            ),
            # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/log-ec2-instance-connect-endpoint-using-cloudtrail.html
            calls("ec2-instance-connect", "SendSSHPublicKey", "OpenTunnel"),
            # Unsure: the names are those of the SDK's models; no records of them are public.
            calls("ecs", "ExecuteCommand"),
            calls("sagemaker", "StartSession"),
            calls("codebuild", "StartSandboxConnection"),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "A shell on an instance or container has the permissions of its role, and needs no open "
        "port. Attackers use it to move on, and to read credentials."
    ),
    runbook=(
        "Identify the instance or container (target, instanceIds, task), and ask the caller.",
        (
            "If it was not planned: end the session or command, delete the association, and "
            "disable the caller's credentials."
        ),
        "Isolate the instance, revoke sessions of its role, and review its calls since then.",
    ),
    false_positives=(
        "Administrators who work with Session Manager or EC2 Instance Connect, programs that run "
        "commands, such as for patches, and deployments of associations without CloudFormation. "
        "Enter your addresses as trusted_addresses, or exclude those roles. What a service runs on "
        "its own, and denied calls, are not detected."
    ),
    controls=Controls(mitre_attack=("T1651", "T1021.008", "T1098.004")),
    shows=(
        "requestParameters.target",
        "requestParameters.instanceIds[0]",
        "requestParameters.instanceId",
        "requestParameters.task",
    ),
    known_values={"trusted_addresses": ("sourceIPAddress",)},
    fires=(
        Example(
            "a command is run on an instance",
            api_call("ssm", "SendCommand", assumed_role_identity("Developer"), request=_COMMAND),
        ),
        Example(
            "a session on an instance is started",
            api_call(
                "ssm",
                "StartSession",
                iam_user("mallory"),
                request={"target": _INSTANCE_ID},
                response={"sessionId": "mallory-0123456789abcdef0"},
            ),
        ),
        Example(
            "an SSH key is sent to an instance",
            api_call(
                "ec2-instance-connect",
                "SendSSHPublicKey",
                identity_center_user("mallory"),
                request={
                    "instanceId": _INSTANCE_ID,
                    "instanceOSUser": "ec2-user",
                    "sSHPublicKey": "ssh-ed25519 AAAAEXAMPLE",
                },
            ),
        ),
        Example(
            "a connection through an EC2 Instance Connect Endpoint is opened",
            api_call(
                "ec2-instance-connect",
                "OpenTunnel",
                iam_user("mallory"),
                request={
                    "instanceConnectEndpointId": "eici-0123456789EXAMPLE",
                    "maxTunnelDuration": "3600",
                    "remotePort": "22",
                    "privateIpAddress": "10.0.1.1",
                },
            ),
        ),
        Example(
            "a command is run in a container",
            api_call(
                "ecs",
                "ExecuteCommand",
                identity_center_user("mallory"),
                request={
                    "cluster": "shop",
                    "task": "0123456789abcdef0123456789abcdef",
                    "command": "/bin/sh",
                    "interactive": True,
                },
            ),
        ),
        Example(
            "a document is associated with instances",
            api_call(
                "ssm",
                "CreateAssociation",
                assumed_role_identity("Developer"),
                request={"name": "AWS-RunShellScript", "scheduleExpression": "rate(12 hours)"},
            ),
        ),
        Example(
            "several documents are associated with instances",
            api_call("ssm", "CreateAssociationBatch", iam_user("mallory")),
        ),
        Example(
            "an association is changed",
            api_call(
                "ssm",
                "UpdateAssociation",
                iam_user("mallory"),
                request={"associationId": "01234567-89ab-cdef-0123-456789abcdef"},
            ),
        ),
        Example(
            "a command is added to a maintenance window",
            api_call(
                "ssm",
                "RegisterTaskWithMaintenanceWindow",
                identity_center_user("mallory"),
                request={"windowId": "mw-0123456789abcdef0", "taskArn": "AWS-RunShellScript"},
            ),
        ),
        Example(
            "an editor is connected with a notebook space",
            api_call(
                "sagemaker",
                "StartSession",
                iam_user("mallory"),
                request={"resourceIdentifier": "space/research"},
            ),
        ),
        Example(
            "a shell in the environment of a build is opened",
            api_call(
                "codebuild",
                "StartSandboxConnection",
                iam_user("mallory"),
                request={"sandboxId": "deploy:1"},
            ),
        ),
        Example(
            "a session is resumed",
            api_call(
                "ssm",
                "ResumeSession",
                assumed_role_identity("Developer"),
                request={"sessionId": "alice-0123456789abcdef0"},
            ),
        ),
        Example(
            "a runbook is started, which can run commands on instances",
            api_call(
                "ssm",
                "StartAutomationExecution",
                iam_user("mallory"),
                request={"documentName": "AWS-RunShellScript"},
            ),
        ),
    ),
    silent=(
        Example(
            "Image Builder runs a command on the instance that it builds from",
            api_call(
                "ssm",
                "SendCommand",
                assumed_role_identity(
                    "AWSServiceRoleForImageBuilder", invoked_by="imagebuilder.amazonaws.com"
                ),
                request=_COMMAND,
            ),
        ),
        Example(
            "a runbook runs a command on behalf of a user",
            api_call(
                "ssm",
                "SendCommand",
                iam_user("alice", mfa=True, invoked_by="ssm.amazonaws.com"),
                request=_COMMAND,
            ),
        ),
        Example(
            "CloudFormation associates a document with instances",
            api_call(
                "ssm",
                "CreateAssociation",
                assumed_role_identity("Deployer", invoked_by="cloudformation.amazonaws.com"),
                request={"name": "AWS-GatherSoftwareInventory"},
            ),
        ),
        Example(
            "an instance reports the status of an association",
            api_call(
                "ssm", "UpdateAssociationStatus", assumed_role_identity("Worker", _INSTANCE_ID)
            ),
        ),
        Example(
            "an association is deleted",
            api_call("ssm", "DeleteAssociation", iam_user("alice")),
        ),
        Example(
            "EventBridge starts a runbook",
            api_call("ssm", "StartAutomationExecution", aws_service("events.amazonaws.com")),
        ),
        Example(
            "a call to start a session is denied",
            api_call(
                "ssm",
                "StartSession",
                iam_user("mallory"),
                request={"target": _INSTANCE_ID},
                error="AccessDenied",
            ),
        ),
        Example(
            "a session is ended",
            api_call(
                "ssm",
                "TerminateSession",
                iam_user("alice"),
                request={"sessionId": "alice-0123456789abcdef0"},
            ),
        ),
        Example(
            "the result of a command is read",
            api_call(
                "ssm",
                "GetCommandInvocation",
                assumed_role_identity("Developer"),
                request={"instanceId": _INSTANCE_ID},
                read_only=True,
            ),
        ),
        Example(
            "an SSH key for the serial console is sent, which is another detection",
            api_call("ec2-instance-connect", "SendSerialConsoleSSHPublicKey", iam_user("alice")),
        ),
        Example(
            "a Spark session of EMR is started",
            api_call("elasticmapreduce", "StartSession", assumed_role_identity("Analyst")),
        ),
        Example(
            "a task is run",
            api_call("ecs", "RunTask", assumed_role_identity("Pipeline")),
        ),
        Example(
            "a notebook space is created",
            api_call("sagemaker", "CreateSpace", assumed_role_identity("Analyst")),
        ),
        Example(
            "a build is started",
            api_call("codebuild", "StartBuild", assumed_role_identity("Pipeline")),
        ),
        Example(
            "a command is run in an EMR cluster as a step",
            api_call("elasticmapreduce", "AddJobFlowSteps", assumed_role_identity("Pipeline")),
        ),
    ),
)
