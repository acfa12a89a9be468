"""Shells and commands on instances and containers, and what opens instances to them."""

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
    field,
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
    title="A shell was opened or a command was run on an instance or container",
    packs=("persistence",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            calls(
                "ssm", "SendCommand", "StartSession", "ResumeSession", "StartAutomationExecution"
            ),
            # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/log-ec2-instance-connect-endpoint-using-cloudtrail.html
            calls("ec2-instance-connect", "SendSSHPublicKey", "OpenTunnel"),
            # Unsure: the names are those of the SDK's models; no records of them are public.
            calls("ecs", "ExecuteCommand"),
            calls("sagemaker", "StartSession"),
            calls("codebuild", "StartSandboxConnection"),
            all_of(
                calls("ecs", "RegisterTaskDefinition"),
                # The variable with the path of the credentials of the task's role.
                field("requestParameters.containerDefinitions[0].command[*]").contains(
                    "AWS_CONTAINER_CREDENTIALS"
                ),
            ),
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
        "If it was not planned: end the session or command, and disable the caller's credentials.",
        "Isolate the instance, revoke sessions of its role, and review its calls since then.",
    ),
    false_positives=(
        "Administrators who work with Session Manager or EC2 Instance Connect, and programs that "
        "run commands, such as for patches. Enter your addresses as trusted_addresses, or exclude "
        "those roles. What a service runs on its own, and denied calls, are not detected; of task "
        "definitions, only those that read the credentials of their role."
    ),
    controls=Controls(mitre_attack=("T1651", "T1021.008", "T1098.004")),
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
            "a command is run in an EMR cluster as a step",
            api_call("elasticmapreduce", "AddJobFlowSteps", assumed_role_identity("Pipeline")),
        ),
    ),
)

INSTANCE_PASSWORD_KEY_OR_ROLE = Detection(
    id="instance-password-key-or-role",
    title="A password, key or URL that opens an instance was obtained, or it got another role",
    packs=("persistence",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            calls("ec2", "GetPasswordData"),
            all_of(
                any_of(
                    calls(
                        "ec2",
                        "ImportKeyPair",
                        "AssociateIamInstanceProfile",
                        "ReplaceIamInstanceProfileAssociation",
                    ),
                    # Unsure: the names are those of the SDK's models; no records are public.
                    calls(
                        "lightsail",
                        "DownloadDefaultKeyPair",
                        "GetInstanceAccessDetails",
                        "ImportKeyPair",
                    ),
                    all_of(
                        field("eventSource").equals("sagemaker.amazonaws.com"),
                        field("eventName").starts_with("CreatePresigned"),
                        field("sessionCredentialFromConsole").missing(),
                    ),
                ),
                SUCCEEDED,
            ),
        ),
        CALLED_DIRECTLY,
    ),
    why=(
        "The password of a Windows administrator, a key, and a presigned URL of a notebook are "
        "ways in. Another role gives everything that runs on the instance its permissions."
    ),
    runbook=(
        "Identify the instance or notebook, the key (keyName) or the role (IamInstanceProfile).",
        "If it was not planned: disable the caller's credentials, and restore the former role.",
        "Change the password, delete the imported key, and review the calls of the role.",
    ),
    false_positives=(
        "Administrators of Windows instances, portals that open notebooks for their users, and "
        "deployments that import keys or assign roles to running instances. Enter your addresses "
        "as trusted_addresses, or exclude those roles. Denied calls are detected for passwords "
        "only. New instances with a key or role, keys that EC2 creates, and URLs that the console "
        "creates are not detected."
    ),
    controls=Controls(mitre_attack=("T1552", "T1098.004", "T1098.003")),
    known_values={"trusted_addresses": ("sourceIPAddress",)},
    fires=(
        Example(
            "the administrator password of a Windows instance is read",
            api_call(
                "ec2",
                "GetPasswordData",
                iam_user("mallory"),
                request={"instanceId": _INSTANCE_ID},
                read_only=True,
            ),
        ),
        Example(
            "a call to read the administrator password is denied",
            api_call(
                "ec2",
                "GetPasswordData",
                assumed_role_identity("Worker", _INSTANCE_ID),
                request={"instanceId": "i-0fedcba9876543210"},
                read_only=True,
                error="Client.UnauthorizedOperation",
            ),
        ),
        Example(
            "an instance gets another role",
            api_call(
                "ec2",
                "ReplaceIamInstanceProfileAssociation",
                identity_center_user("mallory"),
                request={
                    "ReplaceIamInstanceProfileAssociationRequest": {
                        "AssociationId": "iip-assoc-0123456789abcdef0",
                        "IamInstanceProfile": {"Name": "admin"},
                    }
                },
            ),
        ),
        Example(
            "an instance gets a role",
            api_call(
                "ec2",
                "AssociateIamInstanceProfile",
                assumed_role_identity("Developer"),
                request={
                    "AssociateIamInstanceProfileRequest": {
                        "InstanceId": _INSTANCE_ID,
                        "IamInstanceProfile": {"Name": "admin"},
                    }
                },
            ),
        ),
        Example(
            "a public key is imported",
            api_call("ec2", "ImportKeyPair", iam_user("mallory"), request={"keyName": "backup"}),
        ),
        Example(
            "a URL that opens a notebook is created with the AWS CLI",
            api_call(
                "sagemaker",
                "CreatePresignedNotebookInstanceUrl",
                iam_user("mallory"),
                request={"notebookInstanceName": "research"},
            ),
        ),
        Example(
            "temporary keys of a Lightsail instance are created",
            api_call(
                "lightsail",
                "GetInstanceAccessDetails",
                iam_user("mallory"),
                request={"instanceName": "blog", "protocol": "ssh"},
                read_only=True,
            ),
        ),
        Example(
            "the private key of all Lightsail instances is downloaded",
            api_call("lightsail", "DownloadDefaultKeyPair", iam_user("mallory")),
        ),
    ),
    silent=(
        Example(
            "a call to import a public key is denied",
            api_call(
                "ec2",
                "ImportKeyPair",
                iam_user("mallory"),
                request={"keyName": "backup"},
                error="Client.UnauthorizedOperation",
            ),
        ),
        Example(
            "CloudFormation assigns a role to an instance",
            api_call(
                "ec2",
                "AssociateIamInstanceProfile",
                assumed_role_identity("Deployer", invoked_by="cloudformation.amazonaws.com"),
            ),
        ),
        Example(
            "an instance loses its role",
            api_call(
                "ec2",
                "DisassociateIamInstanceProfile",
                iam_user("alice"),
                request={"AssociationId": "iip-assoc-0123456789abcdef0"},
            ),
        ),
        Example(
            "the roles of instances are listed",
            api_call(
                "ec2", "DescribeIamInstanceProfileAssociations", iam_user("alice"), read_only=True
            ),
        ),
        Example(
            "EC2 creates a key",
            api_call("ec2", "CreateKeyPair", iam_user("alice"), request={"keyName": "alice"}),
        ),
        Example(
            "a user opens a notebook in the console",
            api_call(
                "sagemaker",
                "CreatePresignedNotebookInstanceUrl",
                identity_center_user("alice"),
                request={"notebookInstanceName": "research"},
                sessionCredentialFromConsole="true",
            ),
        ),
        Example(
            "key material is imported into KMS",
            api_call("kms", "ImportKeyMaterial", iam_user("alice")),
        ),
    ),
)
