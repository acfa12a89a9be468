"""
The resources of a stack as the template describes them, with the values they were deployed with.

In:    a template, a stack and its resources as CloudFormation records them, the exports.
Out:   a `DeployedStack` with evaluated properties, and the resources that are missing.
Never: a call to AWS.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trailbell.aws.stack import Resource, Stack
from trailbell.deploy.verify.discrepancy import Discrepancy
from trailbell.diff.judgment.read_back import DeployedResource, DeployedStack, FindingKind
from trailbell.template import Template
from trailbell.template.evaluate import UNKNOWN, Evaluator, Marker, Scope
from trailbell.template.partitions import URL_SUFFIXES
from trailbell.template.resources import (
    properties,
    resources,
    secret_parameters,
    section,
    type_of,
)

_GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED")

# The ARN that Fn::GetAtt returns, for types of which the physical ID is a name.
_ARNS: Mapping[str, str] = {
    "AWS::CloudTrail::Trail": "arn:{partition}:cloudtrail:{region}:{account}:trail/{id}",
    "AWS::CloudWatch::Alarm": "arn:{partition}:cloudwatch:{region}:{account}:alarm:{id}",
    "AWS::CloudWatch::LogAlarm": "arn:{partition}:cloudwatch:{region}:{account}:alarm:{id}",
    "AWS::Events::Archive": "arn:{partition}:events:{region}:{account}:archive/{id}",
    "AWS::Events::EventBus": "arn:{partition}:events:{region}:{account}:event-bus/{id}",
    "AWS::Events::Rule": "arn:{partition}:events:{region}:{account}:rule/{id}",
    "AWS::IAM::Role": "arn:{partition}:iam::{account}:role{path}{id}",
    "AWS::KMS::Key": "arn:{partition}:kms:{region}:{account}:key/{id}",
    "AWS::Lambda::Function": "arn:{partition}:lambda:{region}:{account}:function:{id}",
    "AWS::Logs::LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{id}:*",
    "AWS::S3::Bucket": "arn:{partition}:s3:::{id}",
    "AWS::SQS::Queue": "arn:{partition}:sqs:{region}:{account}:{id}",
}


def evaluate_stack(
    template: Template, stack: Stack, deployed: Iterable[Resource], exports: Mapping[str, str]
) -> tuple[DeployedStack, tuple[Discrepancy, ...]]:
    """Evaluate a template with the parameters and physical IDs of its stack.

    Also returns a discrepancy for each resource that is missing or failed.
    """
    region, account = _place(stack)["region"], _place(stack)["account"]
    existing = _existing(deployed)
    declared = resources(template)
    evaluator = build_evaluator(template, stack, existing.values(), exports)
    return (
        DeployedStack(
            account=account,
            region=region,
            resources=tuple(
                DeployedResource(
                    logical_id=name,
                    type=type_of(declared[name]),
                    physical_id=resource.physical_id,
                    properties=evaluator.value(dict(properties(declared[name]))),
                )
                for name, resource in existing.items()
                if name in declared
            ),
        ),
        tuple(_find_missing(declared, existing, evaluator)),
    )


def build_evaluator(
    template: Template, stack: Stack, deployed: Iterable[Resource], exports: Mapping[str, str]
) -> Evaluator:
    """An evaluator of a template with the parameters and physical IDs of its stack."""
    scope = _scope(template, stack, _existing(deployed), exports, _place(stack))
    return Evaluator(template, scope)


def _place(stack: Stack) -> Mapping[str, str]:
    _, partition, _, region, account, *_ = stack.id.split(":")
    return {"partition": partition, "region": region, "account": account}


def _existing(deployed: Iterable[Resource]) -> dict[str, Resource]:
    """The resources that were not deleted, by logical ID."""
    return {each.logical_id: each for each in deployed if each.status not in _GONE}


def _find_missing(
    declared: Mapping[str, Mapping[str, Any]],
    existing: Mapping[str, Resource],
    evaluator: Evaluator,
) -> Iterator[Discrepancy]:
    for logical_id, resource in declared.items():
        deployed = existing.get(logical_id)
        if deployed is not None:
            if deployed.status.endswith("_FAILED"):
                yield Discrepancy(
                    logical_id=logical_id, text=f"The resource status is {deployed.status}."
                )
            continue
        exists = evaluator.exists(resource)
        if exists:
            yield Discrepancy(
                logical_id=logical_id, text="The resource is in the template but not deployed."
            )
        elif exists is None:
            yield Discrepancy(
                logical_id=logical_id,
                text="The resource is not deployed, and its condition could not be evaluated.",
                kind=FindingKind.REMARK,
            )


def _scope(
    template: Template,
    stack: Stack,
    existing: Mapping[str, Resource],
    exports: Mapping[str, str],
    place: Mapping[str, str],
) -> Scope:
    secret = secret_parameters(template)
    parameters: dict[str, str | Marker] = {
        name: UNKNOWN if name in secret else value for name, value in stack.parameters.items()
    }
    return Scope(
        parameters=parameters,
        pseudo={
            "AWS::AccountId": place["account"],
            "AWS::Partition": place["partition"],
            "AWS::Region": place["region"],
            "AWS::StackId": stack.id,
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": URL_SUFFIXES.get(place["partition"], "amazonaws.com"),
        },
        physical_ids={name: resource.physical_id for name, resource in existing.items()},
        attributes=dict(_attributes(resources(template), existing, place)),
        exports=exports,
    )


def _attributes(
    declared: Mapping[str, Mapping[str, Any]],
    existing: Mapping[str, Resource],
    place: Mapping[str, str],
) -> Iterator[tuple[tuple[str, str], str]]:
    """What Fn::GetAtt returns, as far as the physical ID says it."""
    for name, resource in existing.items():
        physical_id = resource.physical_id
        if physical_id.startswith("arn:"):
            yield (name, "Arn"), physical_id
            if resource.type == "AWS::SNS::Topic":
                yield (name, "TopicArn"), physical_id
                yield (name, "TopicName"), physical_id.rpartition(":")[2]
        elif resource.type == "AWS::SQS::Queue":
            # https://sqs.us-east-1.amazonaws.com/111122223333/security-alerts-alerts
            queue = physical_id.rpartition("/")[2]
            yield (name, "QueueName"), queue
            yield (name, "QueueUrl"), physical_id
            yield (name, "Arn"), _ARNS[resource.type].format(**place, path="", id=queue)
        elif resource.type == "AWS::Events::Rule":
            # The physical ID of a rule on another event bus is BUS|NAME, in its ARN BUS/NAME.
            rule = physical_id.replace("|", "/")
            yield (name, "Arn"), _ARNS[resource.type].format(**place, path="", id=rule)
        elif resource.type in _ARNS:
            path = section(declared.get(name, {}), "Properties").get("Path", "/")
            if isinstance(path, str):
                yield (name, "Arn"), _ARNS[resource.type].format(**place, path=path, id=physical_id)
