"""Passwords, keys and URLs that open instances and notebooks, and roles of instances."""

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
    field,
    iam_user,
    identity_center_user,
)

_INSTANCE_ID = "i-0123456789abcdef0"

INSTANCE_PASSWORD_KEY_OR_ROLE = Detection(
    id="instance-password-key-or-role",
    title="An instance got another role, or a password, key or URL that opens it was obtained",
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
        "only. New instances with a key or role, keys that EC2 creates, reads of user data, and "
        "URLs that the console creates are not detected."
    ),
    controls=Controls(mitre_attack=("T1552", "T1098.004", "T1098.003")),
    shows=(
        "requestParameters.instanceId",
        "requestParameters.keyName",
        "requestParameters.AssociateIamInstanceProfileRequest.InstanceId",
        "requestParameters.notebookInstanceName",
    ),
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
            "a public key is imported into Lightsail",
            api_call("lightsail", "ImportKeyPair", iam_user("mallory")),
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
                request={"associationId": "iip-assoc-0123456789abcdef0"},
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
            "Lightsail instances are listed",
            api_call("lightsail", "GetInstances", iam_user("alice"), read_only=True),
        ),
        Example(
            "a notebook instance is created",
            api_call("sagemaker", "CreateNotebookInstance", assumed_role_identity("Analyst")),
        ),
        Example(
            "key material is imported into KMS",
            api_call("kms", "ImportKeyMaterial", iam_user("alice")),
        ),
    ),
)
