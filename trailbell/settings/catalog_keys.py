"""
The keys of ``[catalog]``: which detections are deployed, and how they are tuned.

In:    nothing.
Out:   the description of the table, and an example that has every key.
Never: which packs and detections there are. `trailbell.catalog.selection` knows them.
"""

from trailbell.settings.key_types import Boolean, Choice, Key, ListOf, Named, Number, Section, Text

_SECONDS_PER_DAY = 86_400
_EVENTS = ListOf(item=Text(noun="event name", plural="event names"))

_EXCLUDE = Section(
    {
        "roles": Key(
            type=ListOf(item=Text(noun="role", plural="roles")),
            summary=(
                "Roles whose events do not count: a name excludes every role of that name, "
                "`/PATH/NAME` those on that path, an ARN one role."
            ),
            without="none",
        ),
        "principal_arns": Key(
            type=ListOf(item=Text(noun="ARN", plural="ARNs")),
            summary="ARNs of users, or of sessions of roles, whose events do not count.",
            without="none",
            former=("principals",),
        ),
        "services": Key(
            type=ListOf(item=Text(noun="service", plural="services")),
            summary="AWS services whose calls do not count.",
            without="none",
        ),
        "source_ips": Key(
            type=ListOf(item=Text(noun="address", plural="addresses")),
            summary="Source IP addresses, or their beginnings with an asterisk, that do not count.",
            without="none",
            former=("addresses",),
        ),
        "events": Key(
            type=_EVENTS,
            summary="Names of events that do not count.",
            without="none",
        ),
    }
)

_DETECTION = Section(
    {
        "severity": Key(
            type=Choice(("high", "medium", "low")),
            summary="Severity of the detection, which decides the SNS topic.",
            without="as written in the detection",
        ),
        "threshold": Key(
            type=Number(minimum=1, hint="write 1 or more"),
            summary="Number of events in a period that trigger the alarm.",
            without="as written in the detection, usually 1",
        ),
        "period": Key(
            type=Number(
                minimum=60,
                maximum=_SECONDS_PER_DAY,
                multiple_of=60,
                # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
                also=(10, 20, 30),
                hint=(
                    "write 10, 20, 30 or a multiple of 60 seconds, at most 86400, which is one day"
                ),
            ),
            summary="Length of a period in seconds.",
            without="as written in the detection, usually 300",
        ),
        "metric_default_value": Key(
            type=Boolean(),
            summary="Whether the metric has the value 0 when other events arrive.",
            without="that of `[catalog]`",
        ),
        "exclude": Key(
            type=_EXCLUDE,
            summary="Events that do not count for this detection.",
            without="none",
        ),
    }
)

CATALOG = Key(
    type=Section(
        {
            "packs": Key(
                type=ListOf(
                    item=Text(noun="pack", plural="packs"),
                    if_empty="name at least one pack, or remove the key",
                ),
                summary="Packs to build, of the baseline and of the project.",
                without="all packs",
            ),
            "enable": Key(
                type=ListOf(item=Text(noun="detection", plural="detections")),
                summary="Opt-in detections to deploy.",
                without="none",
                former=("on",),
            ),
            "disable": Key(
                type=ListOf(item=Text(noun="detection", plural="detections")),
                summary="Detections not to deploy.",
                without="none",
                former=("off",),
            ),
            "own_accounts": Key(
                type=ListOf(item=Text(noun="account ID", plural="account IDs")),
                summary=(
                    "Further accounts of the organization: what is shared with them, or what they "
                    "are trusted with, does not count for detections about other accounts."
                ),
                without="the account of the deployment only",
            ),
            "trusted_addresses": Key(
                type=ListOf(item=Text(noun="address", plural="addresses")),
                summary=(
                    "Own source IP addresses, or their beginnings with an asterisk, that do not "
                    "count for detections of stolen credentials and of access to instances."
                ),
                without="none",
            ),
            "instance_types": Key(
                type=ListOf(item=Text(noun="instance type", plural="instance types")),
                summary=(
                    "Large instance types that are used on purpose, or families with an asterisk, "
                    "that do not count for detections of hijacked compute."
                ),
                without="none",
            ),
            "metric_default_value": Key(
                type=Boolean(),
                summary=(
                    "Whether metrics have the value 0 when other events arrive. If not, they are "
                    "billed only for the hours in which a detection fires."
                ),
                without="as written in the detections, usually `true`",
            ),
            "log_alarms": Key(
                type=ListOf(
                    item=Text(noun="severity or detection", plural="severities and detections")
                ),
                summary=(
                    "Severities and detections with a log alarm in place of a metric alarm: it "
                    "counts the events of each identity, and its e-mail contains them."
                ),
                without="none",
            ),
            "exclude": Key(
                type=_EXCLUDE,
                summary=(
                    "Events that do not count, for all detections but those that guard the alarms "
                    "or report leaked credentials."
                ),
                without="none",
            ),
            "detection": Key(
                type=Named(label="ID", type=_DETECTION),
                summary="Settings of one detection.",
                without="none",
            ),
        }
    ),
    summary="Which detections are deployed, and how they are tuned.",
    former=("catalogue",),
)

CATALOG_EXAMPLE = """\
[catalog]
packs = ["essentials", "tamper", "identity"]
enable = ["access-key-write-without-session"]
disable = ["iam-changes"]
metric_default_value = false
log_alarms = ["high", "unauthorized-api-calls"]
own_accounts = ["123456789012"]
trusted_addresses = ["192.0.2.*"]
instance_types = ["g5.*"]

[catalog.exclude]
roles = ["Deployer", "/ops/Patcher"]
principal_arns = ["arn:aws:iam::111122223333:user/alice"]
services = ["autoscaling.amazonaws.com"]
source_ips = ["192.0.2.44", "198.51.100.*"]
events = ["CreateRoute"]

[catalog.detection.route-table-changes]
severity = "high"
threshold = 3
period = 600
metric_default_value = true
exclude = { roles = ["NetworkDeployer"] }
"""
