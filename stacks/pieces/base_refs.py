"""
References to the resources of a base stack: log group, log bucket, topics and metric namespace.

In a base stack they refer to its own resources. The stack of a pack imports them from the base
stack of its installation, so that it cannot refer to a topic of another Region or a log group of
another account. It needs no setting for this, whatever the stacks are called.

In:    nothing, or the log group of a base stack.
Out:   `BaseRefs`, and the parameters, conditions and outputs that they require.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from troposphere import Equals, Export, If, ImportValue, Output, Parameter, Ref, Sub

from stacks.pieces.installation import INSTALLATION_NAME, NAME, named
from trailbell import Detection, ParameterInput, Piece, Severity, is_set
from trailbell.catalog.placeholders import DOLLAR, escape_for_sub, placeholders_in
from trailbell.errors import ContentError


@dataclass(frozen=True)
class BaseRefs:
    """What metric filters and alarms refer to.

    ``placeholder_values`` are the values of the placeholders in patterns and texts of detections,
    see `trailbell.catalog.detection`.
    """

    log_group: Any
    namespace: Any
    topics: Mapping[Severity, Any]
    placeholder_values: Mapping[str, Any]

    def substitute(self, detection: Detection, text: str) -> Any:
        """Replace the placeholders in a text of a detection by references to resources.

        Returns the text itself if it has none. All other text stays as written, including
        ``${HOME}``. Raises `ContentError` for a placeholder that this stack does not define.
        """
        names = placeholders_in(text)
        for name in names:
            if name not in self.placeholder_values:
                raise ContentError(
                    location=str(detection.location),
                    problem=f"detection {detection.id} uses the placeholder ${{{name}}}, which the "
                    "stack of its pack does not define",
                    hint=f"use one of {', '.join(sorted(self.placeholder_values))}",
                )
        if names:
            return to_sub(escape_for_sub(text), self.placeholder_values)
        if _LOOKS_LIKE_REFERENCE.search(text):
            return to_sub(text.replace("${", f"${{{DOLLAR}}}{{"), {})
        return text


# cfn-lint reports these as references that are missing an Fn::Sub (E1029). Inside Fn::Sub it
# requires at least one variable (W1020).
_LOOKS_LIKE_REFERENCE = re.compile(r"\$\{(AWS::\w+|InstallationName|MetricNamespace)\}")


def to_sub(text: str, values: Mapping[str, Any]) -> Sub:
    """``Fn::Sub`` of a text, with only the values that the text uses."""
    variables = {**values, DOLLAR: "$"}
    return Sub(text, **{name: v for name, v in variables.items() if f"${{{name}}}" in text})


def topic_logical_id(severity: Severity) -> str:
    """The logical id of a severity's topic. Its export starts with the same word."""
    return f"{severity.capitalize()}Topic"


def own_refs(log_group: Any) -> BaseRefs:
    """The references of a base stack: its own topics, and the log group it creates or reads."""
    topics = {severity: Ref(topic_logical_id(severity)) for severity in Severity}
    return BaseRefs(
        log_group=log_group,
        namespace=Sub("${MetricNamespace}/${InstallationName}"),
        topics=topics,
        placeholder_values={
            "LogGroupName": log_group,
            "AlarmPrefix": NAME,
            "BaseStackName": Ref("AWS::StackName"),
            "OwnAccountId": Ref("AWS::AccountId"),
            **{f"{topic_logical_id(severity)}Arn": topic for severity, topic in topics.items()},
        },
    )


def exports(refs: BaseRefs) -> Piece:
    """The outputs of a base stack that the stacks of packs import."""
    return Piece(
        inputs=(INSTALLATION_NAME,),
        outputs=(
            exported("LogGroupName", "Name of the CloudTrail log group", refs.log_group),
            exported("BaseStackName", "Name of the base stack", Ref("AWS::StackName")),
            exported("MetricNamespace", "Metric namespace", refs.namespace),
            *(
                exported(
                    f"{topic_logical_id(severity)}Arn",
                    f"ARN of the topic for {severity}-severity alarms",
                    topic,
                )
                for severity, topic in refs.topics.items()
            ),
        ),
    )


def exported(name: str, description: str, value: Any, **attributes: Any) -> Output:
    """An output that the other stacks of the installation can import."""
    return Output(
        name, Description=description, Value=value, Export=Export(named(name)), **attributes
    )


_IMPORT = "import"

LOG_BUCKET_NAME = ParameterInput(
    parameter=Parameter(
        "LogBucketName",
        Type="String",
        Default=_IMPORT,
        AllowedPattern="^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        Description=(
            'Log bucket to watch: "import" (from security-alerts, or from alerts if its '
            "LogBucketName is set), a bucket name, or empty to skip these detections."
        ),
        ConstraintDescription='must be "import", a bucket name, or empty',
    ),
    label="CloudTrail log bucket",
    group="Alerts",
)


def imported_refs() -> BaseRefs:
    """The references of a pack's stack, imported from the base stack."""
    topics = {severity: _imported(f"{topic_logical_id(severity)}Arn") for severity in Severity}
    log_group = _imported("LogGroupName")
    return BaseRefs(
        log_group=log_group,
        namespace=_imported("MetricNamespace"),
        topics=topics,
        placeholder_values={
            **{f"{topic_logical_id(severity)}Arn": topic for severity, topic in topics.items()},
            "LogGroupName": log_group,
            "AlarmPrefix": NAME,
            "BaseStackName": _imported("BaseStackName"),
            "OwnAccountId": Ref("AWS::AccountId"),
            "LogBucketName": If("ImportsBucket", _imported("LogBucketName"), Ref("LogBucketName")),
        },
    )


def required_inputs(detections: Iterable[Detection]) -> tuple[ParameterInput, ...]:
    """The parameters of a stack that imports from a base stack, for these detections."""
    uses_bucket = any(map(bucket_condition, detections))
    return (INSTALLATION_NAME, LOG_BUCKET_NAME) if uses_bucket else (INSTALLATION_NAME,)


def bucket_condition(detection: Detection) -> dict[str, str]:
    """The ``Condition`` of a detection's resources, if its pattern needs the log bucket's name."""
    return {"Condition": "GuardsBucket"} if "${LogBucketName}" in detection.pattern_text else {}


def required_conditions(detections: Iterable[Detection]) -> dict[str, Any]:
    """The definition of `bucket_condition`, if one of the detections has it."""
    imports = imports_bucket(detections)
    return imports and imports | {"GuardsBucket": is_set("LogBucketName")}


def imports_bucket(detections: Iterable[Detection]) -> dict[str, Any]:
    """The condition in the reference to the log bucket, if one of the detections has it."""
    uses_bucket = any(map(bucket_condition, detections))
    return {"ImportsBucket": Equals(Ref("LogBucketName"), _IMPORT)} if uses_bucket else {}


def _imported(name: str) -> ImportValue:
    return ImportValue(named(name))
