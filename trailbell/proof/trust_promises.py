"""
Who can assume the roles, and who can send to the event bus.

In:    nothing; each promise is written once, independently of the policies.
Out:   the promises on trust policies.
Never: a promise on what the roles can do.
"""

from typing import Any

from trailbell.proof.promise import Claim, Promise, Where
from trailbell.proof.promise_parts import (
    TRUST,
    if_,
    service,
    sub,
)


def _trusts(name: str, logical_id: str, who: str, *requests: Any) -> Promise:
    return Promise(
        name=name,
        sentence=f"The role can be assumed by no one but {who}.",
        where=(Where(resource_type="AWS::IAM::Role", property=TRUST, logical_id=logical_id),),
        claim=Claim.ALLOWS_ONLY,
        requests=tuple({**request, "Action": "sts:AssumeRole"} for request in requests),
    )


TRUST_PROMISES = (
    _trusts("trust-of-trail", "TrailRole", "CloudTrail", {"Principal": service("cloudtrail")}),
    _trusts("trust-of-forwarding", "ForwardRole", "EventBridge", {"Principal": service("events")}),
    _trusts(
        "trust-of-chat",
        "ChatRole",
        "Amazon Q Developer in chat applications",
        {"Principal": service("chatbot")},
    ),
    _trusts(
        "trust-of-pipeline",
        "PipelineRole",
        "the pipeline of the stack",
        {
            "Principal": service("osis-pipelines"),
            "Condition": {
                "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                "ArnLike": {
                    "aws:SourceArn": sub(
                        "arn:${AWS::Partition}:osis:${AWS::Region}:${AWS::AccountId}:pipeline/"
                        "${PipelineName}"
                    )
                },
            },
        },
    ),
    _trusts(
        "trust-of-administration",
        "AdministrationRole",
        "CloudFormation for stack sets of this account",
        {
            "Principal": {
                "Service": [
                    "cloudformation.amazonaws.com",
                    if_(
                        "HasOptInRegions",
                        sub(
                            "cloudformation.${Region}.amazonaws.com",
                            Region={
                                "Fn::Select": [0, {"Fn::Split": [",", {"Ref": "OptInRegions"}]}]
                            },
                        ),
                    ),
                ]
            },
            "Condition": {
                "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                "ArnLike": {
                    "aws:SourceArn": sub(
                        "arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stackset/*"
                    )
                },
            },
        },
    ),
    _trusts(
        "trust-of-execution",
        "ExecutionRole",
        "the administration role of the administrator account",
        {
            "Principal": {"AWS": {"Ref": "AdministratorAccountId"}},
            "Condition": {
                "ArnEquals": {
                    "aws:PrincipalArn": sub(
                        "arn:${AWS::Partition}:iam::${AdministratorAccountId}:role/"
                        "${AdministrationRoleName}"
                    )
                }
            },
        },
    ),
    Promise(
        name="bus-senders",
        sentence="The event bus accepts events from no one but accounts of the organization.",
        where=(Where(resource_type="AWS::Events::EventBusPolicy", property="Statement"),),
        claim=Claim.ALLOWS_ONLY,
        requests=(
            {
                "Action": "events:PutEvents",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}},
            },
        ),
    ),
)
