"""Access to member accounts of an organization: their root user and administrator roles."""

from detections._conditions import CALLED_DIRECTLY, SUCCEEDED, calls
from trailbell import (
    OTHER_ACCOUNT,
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assume_role_request,
    assumed_role_identity,
    aws_service,
    cross_account_caller,
    field,
    iam_user,
    identity_center_user,
    root,
)

ASSUME_ROOT = Detection(
    id="assume-root",
    title="Root access to a member account was used or enabled",
    packs=("identity",),
    severity=Severity.HIGH,
    pattern=any_of(
        calls("sts", "AssumeRoot"),
        calls(
            "iam",
            "EnableOrganizationsRootSessions",
            "EnableOrganizationsRootCredentialsManagement",
        ),
    ),
    why=(
        "Central root access lets the management account act as the root user of any member: "
        "unlock buckets and queues, create or delete root credentials. It is for emergencies."
    ),
    runbook=(
        "Identify the member account (targetPrincipal) and the task (taskPolicyArn).",
        (
            "If it was not planned: disable the caller's credentials, and review calls in that "
            "account."
        ),
        "Check that account for changed bucket or queue policies and new root credentials.",
    ),
    false_positives=(
        "Planned repairs of locked buckets, and the cleanup of root credentials when central root "
        "access is introduced. Denied calls are detected as well, by design."
    ),
    controls=Controls(related_cis_control=3, mitre_attack=("T1078.004", "T1548.005")),
    shows=(
        "requestParameters.targetPrincipal",
        "requestParameters.taskPolicyArn.arn",
    ),
    fires=(
        Example(
            "root access to a member account is used to unlock a bucket",
            api_call(
                "sts",
                "AssumeRoot",
                identity_center_user("mallory"),
                request={
                    "targetPrincipal": OTHER_ACCOUNT,
                    "taskPolicyArn": {
                        "arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"
                    },
                },
            ),
        ),
        Example(
            "root sessions are enabled",
            api_call("iam", "EnableOrganizationsRootSessions", iam_user("mallory")),
        ),
        Example(
            "a call for root access to a member account is denied",
            api_call(
                "sts",
                "AssumeRoot",
                iam_user("mallory"),
                request={"targetPrincipal": OTHER_ACCOUNT},
                error="AccessDenied",
            ),
        ),
    ),
    silent=(
        Example(
            "a role is assumed",
            api_call(
                "sts",
                "AssumeRole",
                identity_center_user("alice"),
                request=assume_role_request("Deployer"),
                read_only=True,
            ),
        ),
        Example(
            "root sessions are disabled",
            api_call("iam", "DisableOrganizationsRootSessions", identity_center_user("alice")),
        ),
        Example(
            "trusted access for IAM is enabled in the organization",
            api_call(
                "organizations",
                "EnableAWSServiceAccess",
                identity_center_user("alice"),
                request={"servicePrincipal": "iam.amazonaws.com"},
            ),
        ),
        Example(
            "the root user of the account makes a call",
            api_call("s3", "GetBucketPolicy", root(), request={"bucketName": "shop"}),
        ),
        Example(
            "the root access features are listed",
            api_call("iam", "ListOrganizationsFeatures", iam_user("alice"), read_only=True),
        ),
    ),
)

# Other roles of this power are assumed only by AWS services or in every deployment: those of
# service-managed StackSets (stacksets-exec-*), of the CDK, and of Account Factory for Terraform.
# https://docs.aws.amazon.com/controltower/latest/userguide/roles-how.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
_ADMINISTRATOR_ROLES = (
    "OrganizationAccountAccessRole",
    "AWSControlTowerExecution",
    "AWSCloudFormationStackSetExecutionRole",
)

ORGANIZATION_ROLE_USE = Detection(
    id="organization-role-use",
    title="An administrator role that trusts the management account was assumed",
    packs=("identity",),
    severity=Severity.MEDIUM,
    # Unsure: that invokedBy is set if Control Tower or StackSets assume the role; the page on
    # userIdentity says so of all requests that an AWS service makes:
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    pattern=all_of(
        calls("sts", "AssumeRole"),
        any_of(
            *(
                field("requestParameters.roleArn").ends_with(f":role/{name}")
                for name in _ADMINISTRATOR_ROLES
            )
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "Organizations, Control Tower and StackSets use these administrator roles. By default, "
        "they trust the whole management account."
    ),
    runbook=(
        "Identify role and account (roleArn), and the caller in the management account's event.",
        (
            "If it was not planned: revoke active sessions of the role, disable the caller's "
            "credentials."
        ),
        "Restrict the role's trust policy to one user or pipeline, or delete it if unused.",
    ),
    false_positives=(
        "Pipelines that set up new accounts with it. Exclude their role in the management account. "
        "In the member account, the event does not name the caller, so set the severity to low "
        "there. Control Tower and StackSets are not detected, nor are denied calls and roles with "
        "another name: exactly OrganizationAccountAccessRole, AWSControlTowerExecution and "
        "AWSCloudFormationStackSetExecutionRole are."
    ),
    controls=Controls(mitre_attack=("T1078.004",)),
    fires=(
        Example(
            "the role in a member account is assumed from the management account",
            api_call(
                "sts",
                "AssumeRole",
                cross_account_caller("mallory"),
                request=assume_role_request("OrganizationAccountAccessRole"),
                read_only=True,
            ),
        ),
        Example(
            "in the management account, a user assumes the role in a member account",
            api_call(
                "sts",
                "AssumeRole",
                iam_user("mallory"),
                request=assume_role_request("OrganizationAccountAccessRole", account=OTHER_ACCOUNT),
                read_only=True,
            ),
        ),
        Example(
            "a user assumes the role of Control Tower in a member account",
            api_call(
                "sts",
                "AssumeRole",
                identity_center_user("mallory"),
                request=assume_role_request("AWSControlTowerExecution", account=OTHER_ACCOUNT),
                read_only=True,
            ),
        ),
        Example(
            "a user assumes the role of StackSets in a member account",
            api_call(
                "sts",
                "AssumeRole",
                iam_user("mallory"),
                request=assume_role_request(
                    "AWSCloudFormationStackSetExecutionRole", account=OTHER_ACCOUNT
                ),
                read_only=True,
            ),
        ),
    ),
    silent=(
        Example(
            "a call to assume the role is denied",
            api_call(
                "sts",
                "AssumeRole",
                iam_user("mallory"),
                request=assume_role_request("OrganizationAccountAccessRole"),
                read_only=True,
                error="AccessDenied",
            ),
        ),
        Example(
            "Control Tower assumes its own role",
            api_call(
                "sts",
                "AssumeRole",
                aws_service("controltower.amazonaws.com"),
                request=assume_role_request("AWSControlTowerExecution"),
                read_only=True,
            ),
        ),
        Example(
            "StackSets assume their role in a member account",
            api_call(
                "sts",
                "AssumeRole",
                assumed_role_identity(
                    "AWSCloudFormationStackSetAdministrationRole",
                    invoked_by="cloudformation.amazonaws.com",
                ),
                request=assume_role_request(
                    "AWSCloudFormationStackSetExecutionRole", account=OTHER_ACCOUNT
                ),
                read_only=True,
            ),
        ),
        Example(
            "a role with a longer name is assumed",
            api_call(
                "sts",
                "AssumeRole",
                identity_center_user("alice"),
                request=assume_role_request("OrganizationAccountAccessRoleReadOnly"),
                read_only=True,
            ),
        ),
        Example(
            "the trust policy of the role is read",
            api_call(
                "iam",
                "GetRole",
                identity_center_user("alice"),
                request={"roleName": "OrganizationAccountAccessRole"},
                read_only=True,
            ),
        ),
    ),
)
