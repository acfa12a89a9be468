"""The rule E9828: metric filters that CloudWatch Logs rejects, or that count nothing."""

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.errors import PatternError
from trailbell.pattern import parse
from trailbell.pattern.ast import MatchAll, Terms
from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, entries, is_intrinsic, referenced_id
from trailbell.template.resources import resources_of_type
from trailbell.validate.filter_patterns import known_texts


class MetricFilterRefused(CloudFormationLintRule):
    """CloudFormation accepts combinations that CloudWatch Logs rejects when the stack is deployed:
    dimensions with a pattern of terms, dimensions with a default value, a log group of the class
    INFREQUENT_ACCESS or DELIVERY. A value of 0 is accepted, and counts nothing.

    ## Fails

    ```yaml
    Resources:
      SignIns:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: ConsoleLogin
          MetricTransformations:
            - MetricNamespace: Security
              MetricName: SignIns
              MetricValue: "1"
              Dimensions:
                - {Key: Account, Value: $.recipientAccountId}
    ```

    ## Passes

    ```yaml
    Resources:
      SignIns:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: '{ $.eventName = "ConsoleLogin" }'
          MetricTransformations:
            - MetricNamespace: Security
              MetricName: SignIns
              MetricValue: "1"
              Dimensions:
                - {Key: Account, Value: $.recipientAccountId}
    ```

    ## Silent

    - Patterns, values and log groups that an intrinsic function or a parameter decides.
    - Log groups of other templates.
    - Patterns that are not valid, which another rule reports.
    """

    id = "E9828"
    shortdesc = "metric-filter-refused"
    description = (
        "A metric filter has dimensions, values and a log group that CloudWatch Logs accepts"
    )
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html"
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        without_filters = dict(_log_groups_without_filters(cfn.template))
        matches: list[RuleMatch] = []
        for logical_id, properties in resources_of_type(cfn.template, "AWS::Logs::MetricFilter"):
            path: TemplatePath = ("Resources", logical_id, "Properties")
            matches += _transformation_matches(cfn.template, properties, path)
            for group, group_path in branches(
                properties.get("LogGroupName"), (*path, "LogGroupName")
            ):
                name = group if isinstance(group, str) else referenced_id(group)
                if log_class := without_filters.get(name or ""):
                    message = (
                        f"The log group has the class {log_class}, which supports no metric "
                        "filters. Use the class STANDARD."
                    )
                    matches.append(RuleMatch(group_path, message))
        return matches


def _log_groups_without_filters(document: Any) -> Iterator[tuple[str, str]]:
    """The log groups whose class supports no metric filters: logical ID or name, and the class.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
    """
    for logical_id, properties in resources_of_type(document, "AWS::Logs::LogGroup"):
        log_class = properties.get("LogGroupClass")
        if log_class in ("INFREQUENT_ACCESS", "DELIVERY"):
            yield logical_id, log_class
            if isinstance(name := properties.get("LogGroupName"), str):
                yield name, log_class


def _transformation_matches(
    document: Any, properties: dict[str, Any], path: TemplatePath
) -> Iterator[RuleMatch]:
    has_fields = all(
        _has_fields(text) for text in known_texts(document, properties.get("FilterPattern"))
    )
    transformations = entries(
        properties.get("MetricTransformations"), (*path, "MetricTransformations")
    )
    for transformation, entry_path in transformations:
        if not isinstance(transformation, dict) or is_intrinsic(transformation):
            continue
        if _is_given(transformation, "Dimensions"):
            place = (*entry_path, "Dimensions")
            if not has_fields:
                message = (
                    "A pattern of terms has no fields for dimensions. Remove Dimensions, or match "
                    "fields of JSON or of a space-delimited line."
                )
                yield RuleMatch(place, message)
            if _is_given(transformation, "DefaultValue"):
                message = (
                    "A metric with dimensions can have no default value. Remove Dimensions or "
                    "DefaultValue."
                )
                yield RuleMatch(place, message)
        if str(transformation.get("MetricValue")) in ("0", "0.0"):
            message = "The value of each match is 0, so that matches are not counted. Use 1."
            yield RuleMatch((*entry_path, "MetricValue"), message)


def _is_given(transformation: dict[str, Any], name: str) -> bool:
    values = [value for value, _ in branches(transformation.get(name))]
    return any(value not in (None, []) for value in values)


def _has_fields(text: str) -> bool:
    """Whether a pattern has fields, or cannot be read."""
    try:
        return not isinstance(parse(text, max_length=None).tree, Terms | MatchAll)
    except PatternError:
        return True
