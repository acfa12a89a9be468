"""
The keys of ``[rollout.NAME]``: where stacks are rolled out, and how fast.

In:    nothing.
Out:   the description of the table, and an example that has every key.
Never: which settings exclude each other. `trailbell.rollout.configuration` knows them.
"""

from trailbell.settings.key_types import Boolean, Choice, Either, Key, ListOf, Named, Section, Text
from trailbell.settings.rollout_part_keys import (
    OVERRIDES,
    PREFERENCES,
    STACK_OF_ROLLOUT,
    STACK_SET_NAME,
    UNIT,
    VALUES,
    WAVE,
)
from trailbell.settings.texts import (
    ACCOUNT,
    ANY_ACCOUNT,
    PROFILE,
    REGION,
    STACK,
    TAGS_OF_STACKS,
    TEMPLATE_BUCKET,
)

_ROLE_ARN = Text(
    noun="ARN",
    pattern=r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:.+",
    hint="write the ARN of a role",
)
_ROLE_NAME = Text(noun="role name", pattern=r"[\w+=,.@-]{1,64}", hint="write the name of a role")
_STACKS = {
    "stacks": Key(
        type=ListOf(item=STACK),
        summary=(
            "Stacks to roll out. One that imports from another comes after it; the list decides "
            "the rest of the order."
        ),
        without="required, or `stack`",
    ),
    "stack": Key(
        type=Either(
            alternatives=(STACK, Named(label="STACK", type=STACK_OF_ROLLOUT)),
            hint="write a text in quotes, or a table for each stack",
        ),
        summary=(
            "The only stack, instead of `stacks`; or a table for each of several stacks with what "
            "differs for it."
        ),
        without="none",
    ),
    "stack_set_name": Key(
        type=STACK_SET_NAME,
        summary=(
            "Name of the StackSet, if there is one stack. Two rollouts in one administrator "
            "account and Region must have different names."
        ),
        without="`trailbell-` and the stack",
        former=("set",),
    ),
    "parameters": Key(
        type=VALUES,
        summary="Parameters of all stack instances, for each stack that declares them.",
        without="the defaults of the templates",
    ),
    "parameter_overrides": Key(
        type=OVERRIDES,
        summary="Parameters in one account, for each stack that declares them.",
        without="none",
        former=("override",),
    ),
    "tags": Key(type=TAGS_OF_STACKS, summary="Tags of the stacks.", without="none"),
    "template_bucket": TEMPLATE_BUCKET,
}

_TARGETS = {
    "regions": Key(
        type=ListOf(item=REGION, unique=True),
        summary="Regions of the stack instances, in this order.",
        without="required",
        required=True,
    ),
    "organizational_units": Key(
        type=ListOf(item=UNIT, unique=True),
        summary="Organizational units or the root; nested units are included.",
        without="required for service-managed",
    ),
    "accounts": Key(
        type=ListOf(item=ACCOUNT, unique=True),
        summary="Accounts of a self-managed rollout, or those that `account_filter` is about.",
        without="required for self-managed",
    ),
    "account_filter": Key(
        type=Choice(("intersection", "difference", "union")),
        summary="How `accounts` limit or extend the organizational units.",
        without="none",
    ),
    "include_management_account": Key(
        type=Boolean(),
        summary="Whether to deploy a stack in the management account too; service-managed only.",
        default=False,
        former=("management_account",),
    ),
    "auto_deployment": Key(
        type=Boolean(),
        summary=("Whether StackSets deploys to accounts that are added to an organizational unit."),
        default=False,
    ),
    "retain_on_account_removal": Key(
        type=Boolean(),
        summary="Whether automatic deployment retains the stacks of accounts that are removed.",
        default=False,
    ),
    "auto_deployment_depends_on": Key(
        type=ListOf(
            item=Text(
                noun="ARN",
                plural="ARNs",
                pattern=_ROLE_ARN.pattern,
                hint="write the ARN of a StackSet",
            ),
            unique=True,
        ),
        summary=(
            "Other StackSets that automatic deployment deploys first, at most 10 with those of the "
            "rollout."
        ),
        without="none",
        former=("auto_deployment_after",),
    ),
}

_ADMINISTRATION = {
    "permission_model": Key(
        type=Choice(("service-managed", "self-managed")),
        summary="Whether the organization or roles of yours give StackSets its permissions.",
        default="service-managed",
        former=("permissions",),
    ),
    "delegated_administrator": Key(
        type=Boolean(),
        summary="Whether the account is a delegated administrator of the organization.",
        default=False,
    ),
    "account": ANY_ACCOUNT,
    "region": Key(
        type=REGION,
        summary="Administration Region of the StackSets.",
        without="from the AWS configuration",
    ),
    "profile": PROFILE,
    "assume_role": Key(
        type=_ROLE_ARN,
        summary="Role to assume before calling AWS.",
        without="none",
        former=("role",),
    ),
    "administration_role": Key(
        type=_ROLE_ARN,
        summary="Administration role of a self-managed rollout.",
        without="the default of StackSets",
    ),
    "execution_role": Key(
        type=_ROLE_NAME,
        summary="Execution role of a self-managed rollout.",
        without="the default of StackSets",
    ),
    "management_deploy_role": Key(
        type=_ROLE_ARN,
        summary="Role that deploys in the management account.",
        without="none",
        former=("management_role",),
    ),
    "member_read_role": Key(
        type=_ROLE_NAME,
        summary=("Role in the member accounts that reads exports and the root cause of failures."),
        without="none",
        former=("member_role",),
    ),
}

_PROCESS = {
    **PREFERENCES,
    "managed_execution": Key(
        type=Boolean(),
        summary=(
            "Whether StackSets queues conflicting operations and runs others at the same time."
        ),
        default=False,
    ),
    "on_removal": Key(
        type=Choice(("delete", "retain", "leave")),
        summary=(
            "What happens to stack instances that are no longer configured: they are deleted, "
            "their stacks are retained in the accounts, or they are left unchanged."
        ),
        default="delete",
        former=("leaving",),
    ),
    "on_wave_failure": Key(
        type=Choice(("continue", "stop")),
        summary=(
            "Whether the next wave starts as long as no more accounts failed than "
            "`failure_tolerance`, over all waves, or the rollout stops at any failure."
        ),
        default="continue",
        former=("on_failure",),
    ),
    "wave": Key(
        type=Named(label="WAVE", type=WAVE),
        summary="Accounts that get a change together; the waves are in the order of the file.",
        without="one wave with all accounts",
    ),
}

ROLLOUT = Key(
    type=Named(label="NAME", type=Section({**_STACKS, **_TARGETS, **_ADMINISTRATION, **_PROCESS})),
    summary="A deployment to many accounts and Regions with StackSets.",
)

ROLLOUT_EXAMPLE = """\
[rollout.baseline]
stacks = ["security-alerts", "tamper"]
regions = ["eu-central-1", "us-east-1"]
organizational_units = ["r-ab12"]
accounts = ["123456789012"]
account_filter = "difference"
account = "111122223333"
region = "eu-central-1"
profile = "organization"
assume_role = "arn:aws:iam::111122223333:role/Rollout"
permission_model = "service-managed"
delegated_administrator = true
include_management_account = true
management_deploy_role = "arn:aws:iam::111122223333:role/Deployer"
member_read_role = "Reader"
auto_deployment = true
retain_on_account_removal = false
auto_deployment_depends_on = ["arn:aws:cloudformation:eu-central-1:111122223333:stackset/base:1"]
parameters = { InstallationName = "security-alerts" }
tags = { owner = "security" }
template_bucket = "templates-111122223333"
max_concurrent = "10%"
failure_tolerance = 2
concurrency_mode = "soft"
region_concurrency = "parallel"
managed_execution = true
on_removal = "retain"
on_wave_failure = "stop"

[rollout.baseline.parameter_overrides.123456789012]
HighEndpoint = "team@example.com"

[rollout.baseline.stack.tamper]
stack_set_name = "watch-tamper"
parameters = { AlarmPrefix = "tamper-" }
accounts = ["123456789012"]
regions = ["eu-central-1"]

[rollout.baseline.stack.tamper.parameter_overrides.123456789012]
AlarmPrefix = "test-"

[rollout.baseline.wave.canary]
organizational_units = ["ou-ab12-security"]
accounts = ["123456789012"]
max_concurrent = 1
failure_tolerance = 0
concurrency_mode = "strict"
region_concurrency = "sequential"

[rollout.baseline.wave.canary.check]
alarms = ["delivery"]
wait_minutes = 10
command = ["./check.sh", "canary"]

[rollout.own-accounts]
stack = "trail"
stack_set_name = "watch-trail"
permission_model = "self-managed"
administration_role = "arn:aws:iam::111122223333:role/Administration"
execution_role = "Execution"
regions = ["eu-central-1"]
accounts = ["111122223333", "123456789012"]
"""
