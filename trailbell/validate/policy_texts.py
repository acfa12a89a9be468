"""
The texts in policies, with ARNs and names of the same template in place of references.

In:    a value of a policy with intrinsic functions, and its template.
Out:   each text that it can be. References to resources of the template and pseudo parameters
       become texts of the same form, so that a bucket is a bucket.
Never: a guess. What only the deployment knows is `UNKNOWN_TEXT`.
"""

from collections.abc import Mapping
from typing import Any

from trailbell.template.intrinsics import SUB_VARIABLE
from trailbell.template.known_texts import UNKNOWN_TEXT, possible_texts
from trailbell.template.resources import resources, section, type_of

_ARN = "arn:aws:{}:us-east-1:123456789012:{}"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
_PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::URLSuffix": "amazonaws.com",
}
# What Ref ("") and Fn::GetAtt return, from "Return values" on the page of each type.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
_RETURN_VALUES: Mapping[str, Mapping[str, str]] = {
    "AWS::CodeBuild::Project": {"": "name", "Arn": _ARN.format("codebuild", "project/name")},
    "AWS::DynamoDB::Table": {
        "": "name",
        "Arn": _ARN.format("dynamodb", "table/name"),
        "StreamArn": _ARN.format("dynamodb", "table/name/stream/label"),
    },
    "AWS::ECR::Repository": {"": "name", "Arn": _ARN.format("ecr", "repository/name")},
    "AWS::ECS::Cluster": {"": "name", "Arn": _ARN.format("ecs", "cluster/name")},
    "AWS::Events::EventBus": {"": "name", "Arn": _ARN.format("events", "event-bus/name")},
    "AWS::IAM::Role": {"": "name", "Arn": "arn:aws:iam::123456789012:role/name"},
    "AWS::IAM::SAMLProvider": {"": "arn:aws:iam::123456789012:saml-provider/name"},
    "AWS::KMS::Key": {"": "key-id", "Arn": _ARN.format("kms", "key/key-id")},
    "AWS::Kinesis::Stream": {"": "name", "Arn": _ARN.format("kinesis", "stream/name")},
    "AWS::Lambda::Function": {"": "name", "Arn": _ARN.format("lambda", "function:name")},
    "AWS::Logs::LogGroup": {"": "name", "Arn": _ARN.format("logs", "log-group:name:*")},
    "AWS::S3::Bucket": {"": "name", "Arn": "arn:aws:s3:::name"},
    "AWS::SNS::Topic": {
        "": _ARN.format("sns", "name"),
        "TopicArn": _ARN.format("sns", "name"),
        "TopicName": "name",
    },
    "AWS::SQS::Queue": {"Arn": _ARN.format("sqs", "name"), "QueueName": "name"},
    "AWS::SecretsManager::Secret": {"": _ARN.format("secretsmanager", "secret:name-abcdef")},
    "AWS::Serverless::Function": {"": "name", "Arn": _ARN.format("lambda", "function:name")},
    "AWS::StepFunctions::StateMachine": {
        "": _ARN.format("states", "stateMachine:name"),
        "Arn": _ARN.format("states", "stateMachine:name"),
        "Name": "name",
    },
}


def policy_texts(document: Any, value: Any) -> tuple[str, ...]:
    """The texts that a single value can be, each once, with `UNKNOWN_TEXT` for unknown parts."""
    if isinstance(value, str) and "{{" not in value:
        return (value,)
    return possible_texts(document, _resolve(document, value))


def as_pattern(text: str) -> str:
    """A text with a wildcard for each part that only the deployment knows."""
    return text.replace(UNKNOWN_TEXT, "*")


def is_known(texts: tuple[str, ...]) -> bool:
    """Whether no text has a part that only the deployment knows."""
    return not any(UNKNOWN_TEXT in text for text in texts)


def _resolve(document: Any, value: Any) -> Any:
    """A value with texts in place of references whose form is known."""
    match value:
        case {"Ref": str(name)}:
            return (
                UNKNOWN_TEXT if _is_open(document, name) else _reference(document, name, "", value)
            )
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return _reference(document, name, attribute, value)
        case {"Fn::GetAtt": str(dotted)}:
            name, _, attribute = dotted.partition(".")
            return _reference(document, name, attribute, value)
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": _resolve_sub(document, text, frozenset())}
        case {"Fn::Sub": [str(text), dict(own)]}:
            variables = {name: _resolve(document, member) for name, member in own.items()}
            return {"Fn::Sub": [_resolve_sub(document, text, frozenset(own)), variables]}
        case dict():
            return {name: _resolve(document, member) for name, member in value.items()}
        case list():
            return [_resolve(document, member) for member in value]
        case _:
            return value


def _is_open(document: Any, name: str) -> bool:
    """Whether a parameter can have any value, of which its default is only an example."""
    parameter = section(document, "Parameters").get(name)
    return isinstance(parameter, Mapping) and "AllowedValues" not in parameter


def _resolve_sub(document: Any, text: str, own: frozenset[str]) -> str:
    def replaced(name: str, variable: str) -> str:
        logical_id, _, attribute = name.partition(".")
        return str(_reference(document, logical_id, attribute, variable))

    return SUB_VARIABLE.sub(
        lambda match: match[0] if match[1].strip() in own else replaced(match[1].strip(), match[0]),
        text,
    )


def _reference(document: Any, name: str, attribute: str, otherwise: Any) -> Any:
    if not attribute and name in _PSEUDO_PARAMETERS:
        return _PSEUDO_PARAMETERS[name]
    if resource := resources(document).get(name):
        return _RETURN_VALUES.get(type_of(resource), {}).get(attribute, UNKNOWN_TEXT)
    parameter = section(document, "Parameters").get(name)
    kind = str(parameter.get("Type")) if isinstance(parameter, Mapping) else ""
    return UNKNOWN_TEXT if "List" in kind else otherwise
