"""Credentials of EC2 instances, used for what instances do not do."""

from detections._conditions import CALLED_DIRECTLY, calls
from trailbell import (
    Controls,
    Detection,
    Example,
    Identity,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    console_sign_in,
    field,
    iam_user,
)

_INSTANCE_ID = "i-0123456789abcdef0"
_ELSEWHERE = "198.51.100.7"


def _instance(role: str = "web") -> Identity:
    """An EC2 instance with the credentials of its role, from version 2 of its metadata service."""
    identity = assumed_role_identity(role, _INSTANCE_ID)
    identity["sessionContext"]["ec2RoleDelivery"] = "2.0"
    return identity


# The role that each instance has for AWS services on it, without permissions of its own:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html#ec2-instance-identity-roles
# With the role aws:ec2-infrastructure, EC2 calls KMS to attach encrypted volumes.
_USE_OF_AN_INSTANCE_IDENTITY = all_of(
    field("userIdentity.arn").contains(":assumed-role/aws:ec2-"),
    field("eventSource").present_and_does_not_start_with(
        "ssm", "ec2messages.", "ec2-instance-connect.", "guardduty", "kms."
    ),
)

# Applications read secrets, buckets and their own description; they do not manage identities.
_NOT_THE_WORK_OF_AN_INSTANCE = all_of(
    field("userIdentity.principalId").contains(":i-"),
    any_of(
        all_of(
            field("eventSource").equals("iam.amazonaws.com"),
            any_of(
                field("eventName").present_and_does_not_start_with(
                    "Get", "List", "Generate", "Simulate"
                ),
                field("eventName").equals("GetAccountAuthorizationDetails"),
            ),
        ),
        calls(
            "ec2",
            "RunInstances",
            "RequestSpotInstances",
            "GetPasswordData",
            "ModifySnapshotAttribute",
        ),
    ),
)

INSTANCE_CREDENTIALS_MISUSED = Detection(
    id="instance-credentials-misused",
    title="Credentials of an EC2 instance were used for a call that instances do not make",
    packs=("identity",),
    severity=Severity.HIGH,
    # The session of an instance is named after it; the ARN ends with the same name.
    pattern=all_of(_NOT_THE_WORK_OF_AN_INSTANCE, CALLED_DIRECTLY),
    known_values={"trusted_addresses": ("sourceIPAddress",)},
    why=(
        "An attacker who can send requests from an instance reads its credentials from the "
        "metadata service, and uses them elsewhere to start instances or to create identities."
    ),
    runbook=(
        "Compare sourceIPAddress with the addresses of the instance (end of userIdentity.arn).",
        "If they differ: revoke active sessions of the role, then isolate the instance.",
        "Review all calls of this session, and require version 2 of the metadata service.",
    ),
    false_positives=(
        "Instances that deploy or build: exclude their roles, or list the addresses of your "
        "networks in trusted_addresses of the settings. Not detected: reads and calls that "
        "applications make too, such as GetSecretValue, even from elsewhere; GuardDuty knows the "
        "addresses of instances and finds those. Denied calls are also detected."
    ),
    controls=Controls(mitre_attack=("T1552.005", "T1078.004")),
    shows=(
        "userAgent",
        "requestParameters.userName",
        "requestParameters.instanceType",
    ),
    fires=(
        Example(
            "the credentials of an instance create a user",
            api_call(
                "iam",
                "CreateUser",
                _instance(),
                request={"userName": "helper"},
                sourceIPAddress=_ELSEWHERE,
            ),
        ),
        Example(
            "the credentials of an instance start instances",
            api_call(
                "ec2",
                "RunInstances",
                _instance(),
                request={"instanceType": "t3.large", "instancesSet": {"items": []}},
                sourceIPAddress=_ELSEWHERE,
            ),
        ),
        Example(
            "the credentials of an instance may not read all policies of the account",
            api_call(
                "iam",
                "GetAccountAuthorizationDetails",
                _instance(),
                read_only=True,
                error="AccessDenied",
                sourceIPAddress=_ELSEWHERE,
            ),
        ),
        Example(
            "the credentials of an instance may not read the password of another one",
            api_call(
                "ec2",
                "GetPasswordData",
                _instance(),
                request={"instanceId": "i-0fedcba9876543210"},
                read_only=True,
                error="Client.UnauthorizedOperation",
            ),
        ),
    ),
    silent=(
        Example(
            "an application on an instance lists buckets",
            api_call("s3", "ListBuckets", _instance(), read_only=True),
        ),
        Example(
            "an agent on an instance describes the tags of the instance",
            api_call(
                "ec2",
                "DescribeTags",
                _instance(),
                request={"filterSet": {"items": [{"name": "resource-id"}]}},
                read_only=True,
            ),
        ),
        Example(
            "an instance logs in to a container registry",
            api_call("ecr", "GetAuthorizationToken", _instance(), read_only=True),
        ),
        Example(
            "an AWS service creates a role on behalf of an instance",
            api_call(
                "iam",
                "CreateRole",
                assumed_role_identity(
                    "web", _INSTANCE_ID, invoked_by="cloudformation.amazonaws.com"
                ),
            ),
        ),
        Example(
            "an instance reads the SSH keys of users",
            api_call("iam", "ListSSHPublicKeys", _instance(), read_only=True),
        ),
        Example(
            "a pipeline creates a user",
            api_call("iam", "CreateUser", assumed_role_identity("Deployer", "pipeline")),
        ),
        Example(
            "an IAM user with a name like an instance signs in",
            console_sign_in(iam_user("i-robot"), mfa="Yes"),
        ),
        Example(
            "an instance reads its instance profile",
            api_call("iam", "GetInstanceProfile", _instance(), read_only=True),
        ),
    ),
)

INSTANCE_IDENTITY_USED = Detection(
    id="instance-identity-used",
    title="The identity role of an EC2 instance was used for calls that AWS's agents do not make",
    packs=("identity",),
    severity=Severity.HIGH,
    pattern=all_of(_USE_OF_AN_INSTANCE_IDENTITY, CALLED_DIRECTLY),
    alarm_only="the role can call anything, so a rule would have to look at every event",
    known_values={"trusted_addresses": ("sourceIPAddress",)},
    why=(
        "Each instance has this role for AWS's agents on it. It has no permissions, so calls of "
        "anything else are those of an attacker who tries the credentials of a metadata service."
    ),
    runbook=(
        "Compare sourceIPAddress with the addresses of the instance (end of userIdentity.arn).",
        "Isolate the instance, and look at what could send requests to its metadata service.",
        "Review the calls of the role of its instance profile since then.",
    ),
    false_positives=(
        "Scripts on an instance that use these credentials by mistake. Calls of Systems Manager, "
        "EC2 Instance Connect, GuardDuty and KMS are not detected. Denied calls are also detected, "
        "and nearly all are denied."
    ),
    controls=Controls(mitre_attack=("T1552.005",)),
    shows=("userAgent",),
    fires=(
        Example(
            "the role describes instances from elsewhere",
            api_call(
                "ec2",
                "DescribeInstances",
                assumed_role_identity("aws:ec2-instance", _INSTANCE_ID),
                read_only=True,
                error="Client.UnauthorizedOperation",
                sourceIPAddress=_ELSEWHERE,
            ),
        ),
        Example(
            "the role asks who it is",
            api_call(
                "sts",
                "GetCallerIdentity",
                assumed_role_identity("aws:ec2-instance", _INSTANCE_ID),
                read_only=True,
                sourceIPAddress=_ELSEWHERE,
            ),
        ),
        Example(
            "the role of the infrastructure lists buckets",
            api_call(
                "s3",
                "ListBuckets",
                assumed_role_identity("aws:ec2-infrastructure", _INSTANCE_ID),
                read_only=True,
                error="AccessDenied",
            ),
        ),
    ),
    silent=(
        Example(
            "Systems Manager uses the role",
            api_call(
                "ssm",
                "RequestManagedInstanceRoleToken",
                assumed_role_identity("aws:ec2-instance", _INSTANCE_ID),
            ),
        ),
        Example(
            "EC2 attaches an encrypted volume to an instance",
            api_call(
                "kms",
                "Decrypt",
                assumed_role_identity("aws:ec2-infrastructure", _INSTANCE_ID),
                read_only=True,
                sourceIPAddress="AWS Internal",
            ),
        ),
        Example(
            "GuardDuty's agent uses the role",
            api_call(
                "guardduty",
                "ListDetectors",
                assumed_role_identity("aws:ec2-instance", _INSTANCE_ID),
            ),
        ),
        Example(
            "the role of an instance profile lists buckets",
            api_call("s3", "ListBuckets", _instance(), read_only=True),
        ),
        Example(
            "a role with a similar name is used",
            api_call(
                "ec2", "DescribeInstances", assumed_role_identity("aws-ec2-reader"), read_only=True
            ),
        ),
    ),
)
