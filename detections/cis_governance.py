"""CIS monitoring controls for Config and Organizations, verbatim.

https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    api_call,
    assumed_role_identity,
    iam_user,
    identity_center_user,
)

CONFIG_CHANGES = Detection(
    id="config-changes",
    title="The AWS Config recorder or delivery channel was changed or stopped",
    packs=("cis",),
    severity=Severity.MEDIUM,
    verbatim=True,
    pattern=(
        "{($.eventSource=config.amazonaws.com) && (($.eventName=StopConfigurationRecorder)"
        " || ($.eventName=DeleteDeliveryChannel) || ($.eventName=PutDeliveryChannel)"
        " || ($.eventName=PutConfigurationRecorder))}"
    ),
    why=(
        "AWS Config records resource configurations, and most compliance checks depend on it. "
        "While it is stopped, changes are not recorded."
    ),
    runbook=(
        "Check that the recorder runs and covers all resource types.",
        (
            "If it was not planned: restore recorder and channel, and disable the caller's "
            "credentials."
        ),
        "Review in CloudTrail what was changed while it was stopped.",
    ),
    false_positives=(
        "Account setup by Control Tower or Security Hub, and updates of the stack with the "
        "recorder. The pattern must stay verbatim."
    ),
    controls=Controls(cis_control=9, mitre_attack=("T1685",)),
    fires=(
        Example(
            "the configuration recorder is stopped",
            api_call(
                "config",
                "StopConfigurationRecorder",
                iam_user("mallory"),
                request={"configurationRecorderName": "default"},
            ),
        ),
        Example(
            "the configuration recorder is set to record fewer resource types",
            api_call(
                "config",
                "PutConfigurationRecorder",
                iam_user("mallory"),
                request={
                    "configurationRecorder": {
                        "name": "default",
                        "recordingGroup": {"allSupported": False},
                    }
                },
            ),
        ),
        Example(
            "a call to delete the delivery channel is denied",
            api_call("config", "DeleteDeliveryChannel", iam_user("mallory"), error="AccessDenied"),
        ),
    ),
    silent=(
        Example(
            "a Config rule is deleted, which is not in the list",
            api_call(
                "config", "DeleteConfigRule", iam_user("mallory"), request={"configRuleName": "x"}
            ),
        ),
        Example(
            "the configuration recorder is started",
            api_call(
                "config",
                "StartConfigurationRecorder",
                assumed_role_identity("Deployer"),
                request={"configurationRecorderName": "default"},
            ),
        ),
        Example(
            "the configuration recorder is described",
            api_call("config", "DescribeConfigurationRecorders", iam_user("alice"), read_only=True),
        ),
        Example(
            "the configuration recorder is deleted, which is not in the list",
            api_call(
                "config",
                "DeleteConfigurationRecorder",
                iam_user("mallory"),
                request={"configurationRecorderName": "default"},
            ),
        ),
        Example(
            "retention of recorded configurations is shortened, which is not in the list",
            api_call(
                "config",
                "PutRetentionConfiguration",
                iam_user("mallory"),
                request={"retentionPeriodInDays": 30},
            ),
        ),
    ),
)

# The calls in the order of CIS, then three more that one compliance scanner requires.
ORGANIZATIONS_CHANGES = Detection(
    id="organizations-changes",
    title="AWS Organizations configuration was changed",
    packs=("cis",),
    severity=Severity.MEDIUM,
    verbatim=True,
    pattern=(
        "{($.eventSource=organizations.amazonaws.com) && (($.eventName=AcceptHandshake)"
        " || ($.eventName=AttachPolicy) || ($.eventName=CreateAccount)"
        " || ($.eventName=CreateOrganizationalUnit) || ($.eventName=CreatePolicy)"
        " || ($.eventName=DeclineHandshake) || ($.eventName=DeleteOrganization)"
        " || ($.eventName=DeleteOrganizationalUnit) || ($.eventName=DeletePolicy)"
        " || ($.eventName=DetachPolicy) || ($.eventName=DisablePolicyType)"
        " || ($.eventName=EnablePolicyType) || ($.eventName=InviteAccountToOrganization)"
        " || ($.eventName=LeaveOrganization) || ($.eventName=MoveAccount)"
        " || ($.eventName=RemoveAccountFromOrganization) || ($.eventName=UpdatePolicy)"
        " || ($.eventName=UpdateOrganizationalUnit) || ($.eventName=CancelHandshake)"
        " || ($.eventName=CreateOrganization) || ($.eventName=EnableAllFeatures))}"
    ),
    why=(
        "Organization policies apply even to account administrators. Detaching one, or moving an "
        "account, removes these guardrails."
    ),
    runbook=(
        "Identify the policy or account, and the caller.",
        "If it was not planned: attach the policy again, or move the account back.",
        "Review what was done in the affected accounts since then.",
    ),
    false_positives=(
        "New accounts from Control Tower or an account factory. Triggers mainly in the management "
        "account. The pattern must stay verbatim."
    ),
    controls=Controls(cis_control=15, mitre_attack=("T1666", "T1484")),
    fires=(
        Example(
            "a policy is detached from an account",
            api_call(
                "organizations",
                "DetachPolicy",
                iam_user("mallory"),
                request={"policyId": "p-examplepolicyid111", "targetId": "123456789012"},
            ),
        ),
        Example(
            "a call to leave the organization is denied",
            api_call(
                "organizations",
                "LeaveOrganization",
                assumed_role_identity("Admin"),
                error="AccessDenied",
            ),
        ),
        Example(
            "an account is moved to another organizational unit",
            api_call(
                "organizations",
                "MoveAccount",
                identity_center_user("mallory"),
                request={"accountId": "123456789012", "destinationParentId": "ou-abcd-11111111"},
            ),
        ),
    ),
    silent=(
        Example(
            "an account is closed, which is not in the list",
            api_call(
                "organizations",
                "CloseAccount",
                identity_center_user("alice"),
                request={"accountId": "123456789012"},
            ),
        ),
        Example(
            "an IAM policy is created, which is not an organization policy",
            api_call(
                "iam",
                "CreatePolicy",
                assumed_role_identity("Deployer"),
                request={"policyName": "read"},
            ),
        ),
        Example(
            "accounts are listed",
            api_call("organizations", "ListAccounts", iam_user("alice"), read_only=True),
        ),
        Example(
            "an administrator for a service is delegated, which is not in the list",
            api_call(
                "organizations",
                "RegisterDelegatedAdministrator",
                identity_center_user("alice"),
                request={"accountId": "123456789012", "servicePrincipal": "config.amazonaws.com"},
            ),
        ),
        Example(
            "an account is tagged",
            api_call(
                "organizations",
                "TagResource",
                identity_center_user("alice"),
                request={"resourceId": "123456789012"},
            ),
        ),
    ),
)
