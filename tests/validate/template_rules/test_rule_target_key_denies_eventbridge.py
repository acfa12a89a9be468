"""The rule E9823: the key policy of a rule's encrypted topic or queue allows EventBridge."""

import pytest

from tests.validate.rule_matches import (
    NO_VALUE,
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
)
from trailbell.validate.template_rules.RuleTargetKeyDeniesEventBridge import (
    RuleTargetKeyDeniesEventBridge,
)

_QUEUE_ARN = {"Fn::GetAtt": ["Q", "Arn"]}


def _stack(*statements: object, key: object = None, **target: object) -> Resources:
    key = key or ref("K")
    return {
        "R": resource("Events::Rule", Targets=[{"Id": "t", "Arn": ref("T")} | target]),
        "K": resource("KMS::Key", KeyPolicy={"Statement": list(statements)}),
        "L": resource("KMS::Alias", TargetKeyId=ref("K")),
        "T": resource("SNS::Topic", KmsMasterKeyId=key),
        "Q": resource("SQS::Queue", KmsMasterKeyId=key),
    }


_BOTH = ("kms:Decrypt", "kms:GenerateDataKey*")


def _allow(*actions: str, principal: object = None, **members: object) -> dict[str, object]:
    service = {"Service": ["events.amazonaws.com", "cloudwatch.amazonaws.com"]}
    statement = {"Effect": "Allow", "Principal": principal or service}
    return statement | {"Action": list(actions or _BOTH)} | members


def _with_policy(policy: object) -> Resources:
    return _stack() | {"K": resource("KMS::Key", KeyPolicy=policy)}


_INCLUDE = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}}
_ACCOUNT = {"StringEquals": {"AWS:SourceAccount": ref("AWS::AccountId")}}
_PATH = "T.Properties.KmsMasterKeyId"
_QUEUE_PATH = "Q.Properties.KmsMasterKeyId"
_DENIED = (
    "The key policy of K does not allow events.amazonaws.com to use the key, so events would not "
    "be delivered. Allow kms:Decrypt and kms:GenerateDataKey*."
)
_CONDITION = (
    "The key policy of K allows events.amazonaws.com only under a condition on aws:SourceAccount, "
    "aws:SourceArn or aws:SourceOrgID, which EventBridge does not support for encrypted topics. "
    "Remove the condition."
)
_CASES = [
    silent("both actions", _stack(_allow())),
    silent("both actions, in two statements", _stack(*map(_allow, _BOTH))),
    silent("any action of KMS", _stack(_allow("kms:*"))),
    silent("a principal from a parameter", _stack(_allow(principal=ref("Principal")))),
    silent("a key from a parameter", _stack(key=ref("KeyArn"))),
    silent("a topic to which no rule sends", _stack(Arn=ref("Other"))),
    silent("a role that EventBridge assumes", _stack(RoleArn=ref("RoleArn"))),
    silent(
        "another condition",
        _stack(
            _allow(Condition={"StringEquals": {"kms:ViaService": "sns.us-east-1.amazonaws.com"}})
        ),
    ),
    silent(
        "a condition that holds without the key",
        _stack(_allow(Condition={"StringEqualsIfExists": {"aws:SourceAccount": "x"}})),
    ),
    silent(
        "one statement of two without a condition", _stack(_allow(Condition=_ACCOUNT), _allow())
    ),
    silent("a condition for a queue", _stack(_allow(Condition=_ACCOUNT), Arn=_QUEUE_ARN)),
    silent("a statement that is included", _stack(_INCLUDE)),
    silent("a policy that is included", _with_policy(_INCLUDE)),
    silent(
        "all but some actions", _stack(_allow() | {"Action": NO_VALUE, "NotAction": "kms:Put*"})
    ),
    silent("a key of another template", _stack(key={"Fn::ImportValue": "key-arn"})),
    fires("the default policy", _stack() | {"K": resource("KMS::Key")}, (_PATH, _DENIED)),
    fires("a policy that is left out", _with_policy(NO_VALUE), (_PATH, _DENIED)),
    fires("no statement", _stack(), (_PATH, _DENIED)),
    fires("one of the two actions", _stack(_allow("kms:Decrypt")), (_PATH, _DENIED)),
    fires("another service", _stack(_allow(principal={"Service": "x"})), (_PATH, _DENIED)),
    fires("an alias of the key", _stack(key=ref("L")), (_PATH, _DENIED)),
    fires("a condition on the account", _stack(_allow(Condition=_ACCOUNT)), (_PATH, _CONDITION)),
    fires(
        "one branch of two", _stack(key=either(ref("K"), NO_VALUE)), (f"{_PATH}.Fn::If.1", _DENIED)
    ),
    fires("a queue", _stack(Arn=_QUEUE_ARN), (_QUEUE_PATH, _DENIED)),
    fires(
        "a dead-letter queue",
        _stack(RoleArn=ref("RoleArn"), DeadLetterConfig={"Arn": _QUEUE_ARN}),
        (_QUEUE_PATH, _DENIED),
    ),
    fires(
        "the key that AWS manages for queues",
        _stack(Arn=_QUEUE_ARN, key="alias/aws/sqs"),
        (
            _QUEUE_PATH,
            (
                "events.amazonaws.com cannot use the AWS managed key alias/aws/sqs. Use a customer "
                "managed key whose policy allows it, or SqsManagedSseEnabled."
            ),
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(RuleTargetKeyDeniesEventBridge(), resources) == findings
