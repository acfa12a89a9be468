"""
The keys of ``[environment.NAME]``: where and how stacks are deployed.

In:    nothing.
Out:   the description of the table, and an example that has every key.
Never: which stacks there are. `trailbell.deploy.environment` knows them.
"""

from trailbell.settings.key_types import (
    Boolean,
    Choice,
    Key,
    ListOf,
    Named,
    Number,
    Section,
    Text,
    below,
)
from trailbell.settings.texts import (
    ANY_ACCOUNT,
    ARN,
    PROFILE,
    REGION,
    STACK,
    TAGS_OF_STACKS,
    TEMPLATE_BUCKET,
    parameters,
)

_OUTPUT = Section(
    {
        "stack": Key(type=STACK, summary="Stack of the same environment.", required=True),
        "output": Key(type=Text(noun="output"), summary="Name of its output.", required=True),
    }
)

_STACK_KEYS = {
    "stack_name": Key(
        type=Text(
            noun="name",
            pattern=r"(?:[A-Za-z]|\{stack\})(?:[A-Za-z0-9-]|\{stack\}){0,127}",
            hint=(
                "write a letter and up to 127 letters, digits and hyphens; {stack} is replaced "
                "with the name in dist/"
            ),
        ),
        summary="Name of the CloudFormation stack; `{stack}` is replaced with the name in `dist/`.",
        default="{stack}",
    ),
    "parameters": Key(
        type=parameters(
            'write a text, a number, a list, or { stack = "...", output = "..." }', _OUTPUT
        ),
        summary=(
            "Parameters of the stacks that declare them: a value, or the output of another stack "
            'as `{ stack = "...", output = "..." }`.'
        ),
        without="the defaults of the templates",
    ),
    "tags": Key(
        type=TAGS_OF_STACKS,
        summary="Tags of the stack. An empty table removes those that it has.",
        without="those of the stack",
    ),
    "depends_on": Key(
        type=ListOf(item=STACK),
        summary="Stacks to deploy first.",
        without="those that outputs or imports require",
        former=("after",),
    ),
    "notification_arns": Key(
        type=ListOf(item=ARN, maximum=5),
        summary="SNS topics that receive stack events. An empty list removes those that it has.",
        without="those of the stack",
    ),
    "stack_policy": Key(
        type=Text(noun="file"),
        summary=(
            "JSON file with the stack policy, relative to the settings. CloudFormation cannot "
            "remove a stack policy."
        ),
        without="that of the stack",
    ),
    "termination_protection": Key(
        type=Boolean(),
        summary="Whether the stack is protected against deletion.",
        default=True,
    ),
    "rollback_alarms": Key(
        type=ListOf(item=ARN, maximum=5),
        summary=(
            "Metric alarms and composite alarms that roll the deployment back. An empty list "
            "removes those that the stack has."
        ),
        without="those of the stack",
    ),
    "rollback_minutes": Key(
        type=Number(minimum=0, maximum=180, hint="write 0 to 180 minutes"),
        summary=(
            "Minutes to monitor these alarms after the deployment. CloudFormation waits for them "
            "without alarms, too."
        ),
        without="those of the stack",
    ),
    "on_failure": Key(
        type=Choice(("rollback", "delete", "keep")),
        summary=(
            "What happens if the deployment fails: a rollback, the deletion of a new stack, or the "
            "resources are kept."
        ),
        default="rollback",
    ),
    "service_role": Key(
        type=ARN,
        summary=(
            "Service role that CloudFormation assumes. CloudFormation cannot remove it from a "
            "stack."
        ),
        without="that of the stack",
    ),
    "template_bucket": TEMPLATE_BUCKET,
}

ENVIRONMENT = Key(
    type=Named(
        label="NAME",
        type=Section(
            {
                "account": ANY_ACCOUNT,
                "region": Key(
                    type=REGION,
                    summary="Region to deploy in.",
                    without="from the AWS configuration",
                ),
                "profile": PROFILE,
                "assume_role": Key(
                    type=ARN,
                    summary="Role to assume before calling AWS.",
                    without="none",
                    former=("role",),
                ),
                **_STACK_KEYS,
                "stack": Key(
                    type=Named(
                        label="STACK", type=Section(below(_STACK_KEYS, "that of the environment"))
                    ),
                    summary=(
                        "Settings of one stack, which override those of the environment. "
                        "`parameters` and `tags` are merged."
                    ),
                    without="none",
                ),
            }
        ),
    ),
    summary=(
        "Where and how stacks are deployed. `--environment NAME` selects an environment; without "
        "the option, the one called `default` is used."
    ),
)

ENVIRONMENT_EXAMPLE = """\
[environment.production]
account = "111122223333"
region = "eu-central-1"
profile = "security"
assume_role = "arn:aws:iam::111122223333:role/Deployer"
stack_name = "watch-{stack}"
parameters = { RetentionInDays = 400 }
tags = { owner = "security" }
notification_arns = ["arn:aws:sns:eu-central-1:111122223333:stack-events"]
stack_policy = "stack-policy.json"
termination_protection = true
rollback_alarms = ["arn:aws:cloudwatch:eu-central-1:111122223333:alarm:delivery"]
rollback_minutes = 10
on_failure = "rollback"
service_role = "arn:aws:iam::111122223333:role/CloudFormation"
template_bucket = "templates-111122223333"
depends_on = ["trail"]

[environment.production.stack.trail]
stack_name = "organization-trail"
parameters = { EncryptionKey = "create" }
tags = { tier = "log" }
notification_arns = []
stack_policy = "trail-policy.json"
termination_protection = true
rollback_alarms = []
rollback_minutes = 0
on_failure = "keep"
service_role = "arn:aws:iam::111122223333:role/TrailDeployer"
template_bucket = "123456789012/shared-templates"
depends_on = []

[environment.production.stack.alerts]
parameters = { LogGroupName = { stack = "trail", output = "LogGroupName" } }
"""
