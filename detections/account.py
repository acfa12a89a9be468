"""The account: its Regions, its membership in the organization, its contacts, its cost alerts."""

from detections._conditions import SUCCEEDED, calls
from trailbell import (
    OTHER_ACCOUNT,
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
    root,
)

REGION_ENABLED = Detection(
    id="region-enabled",
    title="An AWS Region was enabled or disabled for the account",
    packs=("exposure",),
    severity=Severity.MEDIUM,
    # No other service has calls with these names.
    pattern=field("eventName").one_of("EnableRegion", "DisableRegion"),
    why=(
        "An unused Region is rarely monitored. Attackers enable one for crypto mining: GuardDuty, "
        "Config and default encryption are usually missing there."
    ),
    runbook=(
        "Identify the Region (regionName) and the caller.",
        "If it was not planned: revert it, and disable the caller's credentials.",
        "Review what runs there: instances, functions, IAM users of the same caller.",
    ),
    false_positives=(
        "A planned expansion: once for each account and Region. Denied calls are detected as well, "
        "by design."
    ),
    controls=Controls(mitre_attack=("T1535",)),
    fires=(
        Example(
            "a Region is enabled",
            api_call(
                "account", "EnableRegion", iam_user("mallory"), request={"regionName": "ap-east-1"}
            ),
        ),
        Example(
            "a Region is disabled",
            api_call(
                "account",
                "DisableRegion",
                identity_center_user("mallory"),
                request={"regionName": "ap-east-1"},
            ),
        ),
        Example(
            "a call to enable a Region is denied",
            api_call(
                "account", "EnableRegion", assumed_role_identity("WebServer"), error="AccessDenied"
            ),
        ),
    ),
    silent=(
        Example(
            "the Regions of the account are listed",
            api_call("account", "ListRegions", iam_user("alice"), read_only=True),
        ),
        Example(
            "a KMS key is replicated to another Region",
            api_call(
                "kms",
                "ReplicateKey",
                assumed_role_identity("Deployer"),
                request={"replicaRegion": "x"},
            ),
        ),
        Example(
            "the state of a Region is read",
            api_call(
                "account",
                "GetRegionOptStatus",
                iam_user("alice"),
                request={"regionName": "ap-east-1"},
                read_only=True,
            ),
        ),
        Example(
            "the name of the account is changed",
            api_call("account", "PutAccountName", identity_center_user("alice")),
        ),
        Example(
            "the Regions of EC2 are listed",
            api_call("ec2", "DescribeRegions", iam_user("alice"), read_only=True),
        ),
    ),
)

ACCOUNT_LEAVING_ORGANIZATION = Detection(
    id="account-leaving-organization",
    title="An account left the organization or was closed",
    packs=("exposure",),
    severity=Severity.HIGH,
    pattern=any_of(
        calls(
            "organizations",
            "LeaveOrganization",
            "RemoveAccountFromOrganization",
            "CloseAccount",
            "DeleteOrganization",
        ),
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsaccountmanagement.html
        calls("account", "CloseAccount"),
    ),
    why=(
        "Outside the organization, an account is no longer subject to its policies, trail and "
        "security services. Closing an account suspends its data."
    ),
    runbook=(
        "Identify the account. A closed account can be reopened for 90 days.",
        "If it was not planned: invite the account again, or contact AWS Support at once.",
        "Disable the caller's credentials, and review what was done in the account before.",
    ),
    false_positives=(
        "Accounts that are closed on purpose: exclude the role that closes them. Denied calls are "
        "detected as well, by design. A call to leave is recorded only in the account's own trail "
        "or the organization's trail."
    ),
    controls=Controls(related_cis_control=15, mitre_attack=("T1666", "T1485")),
    fires=(
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
            "an account is removed from the organization",
            api_call(
                "organizations",
                "RemoveAccountFromOrganization",
                iam_user("mallory"),
                request={"accountId": OTHER_ACCOUNT},
            ),
        ),
        Example(
            "an account closes itself",
            api_call("account", "CloseAccount", root()),
        ),
        Example(
            "an account is closed",
            api_call(
                "organizations",
                "CloseAccount",
                identity_center_user("mallory"),
                request={"accountId": OTHER_ACCOUNT},
            ),
        ),
    ),
    silent=(
        Example(
            "an account is moved within the organization",
            api_call(
                "organizations",
                "MoveAccount",
                identity_center_user("alice"),
                request={"accountId": OTHER_ACCOUNT},
            ),
        ),
        Example(
            "an account is created",
            api_call("organizations", "CreateAccount", assumed_role_identity("Deployer")),
        ),
        Example(
            "an account accepts an invitation into the organization",
            api_call("organizations", "AcceptHandshake", identity_center_user("alice")),
        ),
        Example(
            "an organizational unit is deleted",
            api_call("organizations", "DeleteOrganizationalUnit", identity_center_user("alice")),
        ),
        Example(
            "the organization is described",
            api_call("organizations", "DescribeOrganization", iam_user("alice"), read_only=True),
        ),
    ),
)

ACCOUNT_CONTACT_CHANGES = Detection(
    id="account-contact-changes",
    title="The account's e-mail address or contacts were changed",
    packs=("identity",),
    severity=Severity.HIGH,
    pattern=calls(
        "account",
        "StartPrimaryEmailUpdate",
        "AcceptPrimaryEmailUpdate",
        "PutAlternateContact",
        "DeleteAlternateContact",
        "PutContactInformation",
    ),
    why=(
        "Control of the root e-mail address is enough to reset the root password. Without a "
        "security contact, AWS notices about stolen keys and abuse reach no one."
    ),
    runbook=(
        "Check the addresses and phone numbers on the account page.",
        "If it was not planned: restore your contacts, and reset the root password.",
        (
            "Disable the caller's credentials. If you lost access to the e-mail address, contact "
            "AWS Support."
        ),
    ),
    false_positives=(
        "New accounts whose contacts are set by a pipeline: exclude its role. Denied calls are "
        "also detected. Changes that the root user makes on its own account page are detected by "
        "root-account-use."
    ),
    controls=Controls(mitre_attack=("T1098", "T1531")),
    fires=(
        Example(
            "a change of the primary e-mail address is started",
            api_call(
                "account",
                "StartPrimaryEmailUpdate",
                iam_user("mallory"),
                request={"accountId": OTHER_ACCOUNT},
            ),
        ),
        Example(
            "a call to replace the security contact is denied",
            api_call(
                "account",
                "PutAlternateContact",
                iam_user("mallory"),
                request={"alternateContactType": "SECURITY"},
                error="AccessDenied",
            ),
        ),
        Example(
            "the security contact is deleted",
            api_call(
                "account",
                "DeleteAlternateContact",
                root(),
                request={"alternateContactType": "SECURITY"},
            ),
        ),
    ),
    silent=(
        Example(
            "the security contact is read",
            api_call("account", "GetAlternateContact", iam_user("alice"), read_only=True),
        ),
        Example(
            "a contact of Incident Manager is changed, which is not an account contact",
            api_call("ssm-contacts", "UpdateContact", assumed_role_identity("Deployer")),
        ),
        Example(
            "the contact information of the account is read",
            api_call("account", "GetContactInformation", iam_user("alice"), read_only=True),
        ),
        Example(
            "the name of the account is changed",
            api_call("account", "PutAccountName", identity_center_user("alice")),
        ),
        Example(
            "an account alias is created",
            api_call("iam", "CreateAccountAlias", identity_center_user("alice")),
        ),
    ),
)

COST_ALERT_REMOVED = Detection(
    id="cost-alert-removed",
    title="A budget or cost anomaly monitor was changed or deleted",
    packs=("exposure",),
    severity=Severity.LOW,
    pattern=all_of(
        any_of(
            calls(
                "budgets",
                "DeleteBudget",
                "UpdateBudget",
                "DeleteNotification",
                "UpdateNotification",
                "DeleteSubscriber",
                "UpdateSubscriber",
                "DeleteBudgetAction",
                "UpdateBudgetAction",
            ),
            calls(
                "ce",
                "DeleteAnomalyMonitor",
                "UpdateAnomalyMonitor",
                "DeleteAnomalySubscription",
                "UpdateAnomalySubscription",
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "A billing alert is often the first sign of crypto mining. Attackers delete it or raise "
        "its limit."
    ),
    runbook=(
        "Identify the budget or monitor, and what it alerted on.",
        "If it was not planned: recreate it, and disable the caller's credentials.",
        "Review which costs rose since then: check EC2 instances in all Regions first.",
    ),
    false_positives=(
        "Changes by the team that manages costs. Exclude its role or permission set. Denied calls "
        "are not detected."
    ),
    controls=Controls(mitre_attack=("T1685",)),
    fires=(
        Example(
            "a budget is deleted",
            api_call(
                "budgets", "DeleteBudget", iam_user("mallory"), request={"budgetName": "monthly"}
            ),
        ),
        Example(
            "the limit of a budget is raised",
            api_call(
                "budgets",
                "UpdateBudget",
                identity_center_user("mallory"),
                request={"newBudget": {"budgetName": "monthly"}},
            ),
        ),
        Example(
            "a cost anomaly monitor is deleted",
            api_call("ce", "DeleteAnomalyMonitor", identity_center_user("mallory")),
        ),
    ),
    silent=(
        Example(
            "a cost anomaly subscription is created",
            api_call("ce", "CreateAnomalySubscription", identity_center_user("alice")),
        ),
        Example(
            "a notification of a budget is created",
            api_call("budgets", "CreateNotification", assumed_role_identity("Deployer")),
        ),
        Example(
            "a budget is created",
            api_call("budgets", "CreateBudget", assumed_role_identity("Deployer")),
        ),
        Example(
            "a call to delete a budget is denied",
            api_call("budgets", "DeleteBudget", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "a budget is described",
            api_call("budgets", "DescribeBudget", iam_user("alice"), read_only=True),
        ),
    ),
)
