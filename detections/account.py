"""The account itself: its Regions, its place in the organization, whom AWS writes to."""

from detections._conditions import SUCCEEDED, calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.pattern import all_of, any_of
from trailbell.samples import OTHER_ACCOUNT, api_call, iam_user, role, root, sso_person

REGION_ENABLED = Detection(
    id="region-enabled",
    title="A Region that was closed was opened, or the other way round",
    packs=(Pack.EXPOSURE,),
    severity=Severity.MEDIUM,
    pattern=calls("account", "EnableRegion", "DisableRegion"),
    why=(
        "In a Region that nobody uses nobody looks. Miners and thieves open one; GuardDuty, Config "
        "and defaults of encryption are not there yet."
    ),
    respond=(
        "See which Region it was, and who asked.",
        "If nobody planned it: disable the Region again, and disable who opened it.",
        "See what runs there: instances, functions, users of the same caller.",
    ),
    false_alarms=(
        "An expansion that was planned: once for each account and Region. Attempts that are "
        "refused ring as well, on purpose."
    ),
    controls=Controls(attack=("T1535",)),
    fires=(
        Example(
            "a Region is opened",
            api_call(
                "account", "EnableRegion", iam_user("mallory"), request={"regionName": "ap-east-1"}
            ),
        ),
        Example(
            "somebody may not open a Region and tries",
            api_call("account", "EnableRegion", role("WebServer"), error="AccessDenied"),
        ),
    ),
    silent=(
        Example(
            "Regions are listed",
            api_call("account", "ListRegions", iam_user("alice"), read_only=True),
        ),
        Example(
            "a key is copied into another Region",
            api_call("kms", "ReplicateKey", role("Deployer"), request={"replicaRegion": "x"}),
        ),
        Example(
            "the Regions of EC2 are listed",
            api_call("ec2", "DescribeRegions", iam_user("alice"), read_only=True),
        ),
    ),
)

ACCOUNT_LEAVING = Detection(
    id="account-leaving-organization",
    title="An account leaves the organization or is closed",
    packs=(Pack.EXPOSURE,),
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
        "Out of the organization, an account is free of its policies, its trail and its guards. A "
        "closed one takes its data along."
    ),
    respond=(
        "See which account it was; an account that is closed can be reopened for 90 days.",
        "If nobody planned it: invite it again, or ask AWS Support at once.",
        "Disable who did it, and see what was done in the account before.",
    ),
    false_alarms=(
        "Accounts that are given up on purpose. Exclude the role that closes them; attempts that "
        "are refused ring as well, on purpose. An account that leaves by itself is seen in its "
        "own trail or that of the organization."
    ),
    controls=Controls(relates_to=15, attack=("T1666", "T1485")),
    fires=(
        Example(
            "a role may not leave and tries",
            api_call("organizations", "LeaveOrganization", role("Admin"), error="AccessDenied"),
        ),
        Example(
            "an account is closed",
            api_call(
                "organizations",
                "CloseAccount",
                sso_person("mallory"),
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
                sso_person("alice"),
                request={"accountId": OTHER_ACCOUNT},
            ),
        ),
        Example(
            "an account is made",
            api_call("organizations", "CreateAccount", role("Deployer")),
        ),
        Example(
            "the organization is looked at",
            api_call("organizations", "DescribeOrganization", iam_user("alice"), read_only=True),
        ),
    ),
)

ACCOUNT_CONTACT_CHANGES = Detection(
    id="account-contact-changes",
    title="Whom AWS writes to about the account was changed",
    packs=(Pack.IDENTITY,),
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
        "Who owns the primary e-mail address resets the root password. Without a security contact "
        "nobody reads what AWS writes about stolen keys and abuse."
    ),
    respond=(
        "See on the account's page which addresses and numbers are there now.",
        "If nobody planned it: put yours back, and reset the root password.",
        "Disable who changed them; if an address was taken over, ask AWS Support.",
    ),
    false_alarms=(
        "New accounts, to which contacts are given by a pipeline. Exclude its role. Attempts that "
        "are refused ring as well. What the root user changes on its own page is told by "
        "root-account-use."
    ),
    controls=Controls(attack=("T1098", "T1531")),
    fires=(
        Example(
            "the primary e-mail address of an account is changed",
            api_call(
                "account",
                "StartPrimaryEmailUpdate",
                iam_user("mallory"),
                request={"accountId": OTHER_ACCOUNT},
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
            "the security contact is looked at",
            api_call("account", "GetAlternateContact", iam_user("alice"), read_only=True),
        ),
        Example(
            "a contact of Incident Manager is changed, which is another thing",
            api_call("ssm-contacts", "UpdateContact", role("Deployer")),
        ),
        Example(
            "an alias of the account is made",
            api_call("iam", "CreateAccountAlias", sso_person("alice")),
        ),
    ),
)

COST_ALERT_REMOVED = Detection(
    id="cost-alert-removed",
    title="A budget, or a watch on costs, was changed or deleted",
    packs=(Pack.EXPOSURE,),
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
        "For many accounts the bill is the alarm that hears mining first. Whoever mines removes "
        "it, or raises its limit."
    ),
    respond=(
        "See which budget or monitor it was, and what it would tell.",
        "If nobody planned it: make it again, and disable who removed it.",
        "See what costs more since: instances in all Regions first.",
    ),
    false_alarms=("People who look after costs. Exclude their role or permission set."),
    controls=Controls(attack=("T1685",)),
    fires=(
        Example(
            "a budget is deleted",
            api_call(
                "budgets", "DeleteBudget", iam_user("mallory"), request={"budgetName": "monthly"}
            ),
        ),
        Example(
            "a monitor of costs is deleted",
            api_call("ce", "DeleteAnomalyMonitor", sso_person("mallory")),
        ),
    ),
    silent=(
        Example(
            "a watch on costs is made",
            api_call("ce", "CreateAnomalySubscription", sso_person("alice")),
        ),
        Example(
            "a budget is made",
            api_call("budgets", "CreateBudget", role("Deployer")),
        ),
        Example(
            "a budget is deleted, which was refused",
            api_call("budgets", "DeleteBudget", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "budgets are looked at",
            api_call("budgets", "DescribeBudget", iam_user("alice"), read_only=True),
        ),
    ),
)
