"""
What alarms stand on: a log group, topics by severity, a metric namespace, a prefix for names.

In a base stack they are its own resources; in the stack of a pack they are imported from the base
stack, so a topic of another Region or a log group of another account cannot even be named.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from troposphere import Export, ImportValue, Output, Parameter, Ref, Sub

from trailbell.deployed_name import DOLLAR, escaped, names_in
from trailbell.detection import Detection, Severity
from trailbell.errors import ContentError
from trailbell.stack import Input, Piece, given


@dataclass(frozen=True)
class Site:
    """``own_names`` are the values of what a pattern may name, see `trailbell.detection`."""

    prefix: str
    log_group: Any
    namespace: Any
    topics: Mapping[Severity, Any]
    own_names: Mapping[str, Any]

    def name(self, detection: Detection) -> Sub:
        """The name of a detection's alarm and filter: unique to the base stack and its packs."""
        return Sub(f"{self.prefix}-{detection.id}")

    def filled(self, detection: Detection, text: str) -> Any:
        """A text of a detection, with the names of what is deployed put in where it has any.

        Everything else is read as it was written, ``${HOME}`` too. Raises `ContentError` for what
        this stack does not know.
        """
        names = names_in(text)
        for name in names:
            if name not in self.own_names:
                raise ContentError(
                    place=str(detection.place),
                    found=f"detection {detection.id} names ${{{name}}}, which the stack of its "
                    "pack does not know",
                    expected=f"known there are {', '.join(sorted(self.own_names))}",
                )
        if names:
            return substituted(escaped(text), self.own_names)
        if _READ_AS_REFERENCE.search(text):
            return substituted(text.replace("${", f"${{{DOLLAR}}}{{"), {})
        return text


# Outside of Fn::Sub cfn-lint takes these for references that were to stand in it
# (E1029), and of Fn::Sub it wants that there is a variable in it (W1020).
_READ_AS_REFERENCE = re.compile(r"\$\{(AWS::\w+|BaseStackName|MetricNamespace)\}")


def substituted(text: str, values: Mapping[str, Any]) -> Sub:
    """``Fn::Sub`` of a text, with those of the values, and the dollar sign, that are in it."""
    known = {**values, DOLLAR: "$"}
    return Sub(text, **{name: value for name, value in known.items() if f"${{{name}}}" in text})


def topic_name(severity: Severity) -> str:
    """The logical id of a severity's topic, which its parameters and exports start with."""
    return f"{severity.capitalize()}Topic"


def own_site(log_group: Any) -> Site:
    """The site of a base stack: its own topics, and the log group it makes or is given."""
    topics = {severity: Ref(topic_name(severity)) for severity in Severity}
    return Site(
        prefix="${AWS::StackName}",
        log_group=log_group,
        namespace=Sub("${MetricNamespace}/${AWS::StackName}"),
        topics=topics,
        own_names={
            "LogGroupName": log_group,
            "AlarmPrefix": Ref("AWS::StackName"),
            **{f"{topic_name(severity)}Arn": topic for severity, topic in topics.items()},
        },
    )


def exports(site: Site) -> Piece:
    """What stacks of packs import."""
    values = {
        "LogGroupName": ("Name of the CloudTrail log group", site.log_group),
        "MetricNamespace": ("Metric namespace", site.namespace),
    } | {
        f"{topic_name(severity)}Arn": (f"ARN of the topic for {severity}-severity alarms", topic)
        for severity, topic in site.topics.items()
    }
    return Piece(
        outputs=tuple(
            Output(
                name,
                Description=description,
                Value=value,
                Export=Export(Sub(f"${{AWS::StackName}}-{name}")),
            )
            for name, (description, value) in values.items()
        )
    )


BASE_STACK = Input(
    parameter=Parameter(
        "BaseStackName",
        Type="String",
        Default="security-alerts",
        AllowedPattern="^[A-Za-z][A-Za-z0-9-]{0,39}$",
        Description=(
            "Name of the base stack (security-alerts or alerts) in this account and Region. This "
            "stack uses its topics and log group."
        ),
        ConstraintDescription=(
            "must be a stack name of at most 40 characters: a letter, then letters, digits and "
            "hyphens"
        ),
    ),
    label="Base stack name",
    group="Alerts",
)

LOG_BUCKET_NAME = Input(
    parameter=Parameter(
        "LogBucketName",
        Type="String",
        Default="",
        AllowedPattern="^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        Description=(
            "Name of the CloudTrail log bucket (output BucketName of security-alerts). Changes to "
            "it trigger an alarm. Leave empty to skip these detections."
        ),
        ConstraintDescription="must be empty or a bucket name",
    ),
    label="CloudTrail log bucket (optional)",
    group="Alerts",
)


def base_site() -> Site:
    """The site of a pack's stack: all of it imported from the base stack."""
    topics = {severity: _imported(f"{topic_name(severity)}Arn") for severity in Severity}
    log_group = _imported("LogGroupName")
    own = {f"{topic_name(severity)}Arn": topic for severity, topic in topics.items()}
    return Site(
        prefix="${BaseStackName}",
        log_group=log_group,
        namespace=_imported("MetricNamespace"),
        topics=topics,
        own_names=own
        | {
            "LogGroupName": log_group,
            "AlarmPrefix": Ref("BaseStackName"),
            "LogBucketName": Ref("LogBucketName"),
        },
    )


def needed_inputs(detections: Iterable[Detection]) -> tuple[Input, ...]:
    """The parameters of a stack beside a base stack: its name, and what patterns ask for."""
    guards_bucket = any(map(only_where, detections))
    return (BASE_STACK, LOG_BUCKET_NAME) if guards_bucket else (BASE_STACK,)


def only_where(detection: Detection) -> dict[str, str]:
    """The condition on what is made for a detection: the bucket it guards has to be named."""
    return {"Condition": "GuardsBucket"} if "${LogBucketName}" in detection.text else {}


def needed_conditions(detections: Iterable[Detection]) -> dict[str, Any]:
    """What `only_where` names."""
    guards_bucket = any(map(only_where, detections))
    return {"GuardsBucket": given("LogBucketName")} if guards_bucket else {}


def _imported(name: str) -> ImportValue:
    return ImportValue(Sub(f"${{BaseStackName}}-{name}"))
