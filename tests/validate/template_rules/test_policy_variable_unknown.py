"""The rule W9835: policy variables that no request has."""

import pytest

from tests.validate.policy_cases import PATH, allow, conditional, identity
from tests.validate.rule_matches import (
    Matches,
    Resources,
    fires,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.PolicyVariableUnknown import PolicyVariableUnknown


def _on(value: object) -> Resources:
    return identity(allow(on=value))


def _without_version(on: str) -> Resources:
    return {"P": resource("IAM::ManagedPolicy", PolicyDocument={"Statement": [allow(on=on)]})}


_FINDING = (
    "There is no policy variable ${aws:usrname}, so that nothing matches it. Did you mean "
    "${aws:username}?"
)
_CASES = [
    silent("a variable", _on("arn:aws:s3:::b/${aws:username}/*")),
    silent("a tag", _on("arn:aws:s3:::b/${aws:PrincipalTag/team}/*")),
    silent("a default", _on("arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}/*")),
    silent("a special character", _on("arn:aws:s3:::b/${*}/${?}/${$}")),
    silent("an identity of Cognito", _on("arn:aws:s3:::b/${cognito-identity.amazonaws.com:sub}/*")),
    silent("a variable of Transfer Family", _on("arn:aws:s3:::${transfer:HomeBucket}/*")),
    silent("a variable of Fn::Sub", _on(sub("arn:aws:s3:::${Bucket}/${AWS::Region}/*"))),
    silent("escaped in Fn::Sub", _on(sub("arn:aws:s3:::${Bucket}/${!aws:username}/*"))),
    silent("a missing Fn::Sub, which cfn-lint finds", _on("arn:aws:s3:::${Bucket}/*")),
    silent(
        "a missing Fn::Sub for a pseudo parameter",
        _on("arn:aws:s3:::${AWS::AccountId}-${aws:username}/*"),
    ),
    silent("text in braces without a version", _without_version("arn:aws:s3:::b/${x}")),
    fires(
        "a space in a variable",
        _on("arn:aws:s3:::b/${ aws:username }/*"),
        (
            f"{PATH}.Resource",
            (
                "${ aws:username } has not the form of a policy variable. Write ${aws:username}, "
                "or ${aws:username, 'default'}."
            ),
        ),
    ),
    fires(
        "a default without its quotes",
        _on("arn:aws:s3:::b/${aws:username, none}/*"),
        (
            f"{PATH}.Resource",
            (
                "${aws:username, none} has not the form of a policy variable. Write "
                "${aws:username}, or ${aws:username, 'default'}."
            ),
        ),
    ),
    fires(
        "no brace at the end",
        _on("arn:aws:s3:::b/${aws:username/*"),
        (
            f"{PATH}.Resource",
            "A policy variable has no brace at its end, so that it is text. Add the brace.",
        ),
    ),
    fires(
        "no version",
        _without_version("arn:aws:s3:::b/${aws:username}/*"),
        (
            f"{PATH}.Resource",
            (
                "The policy has no Version, so that ${aws:username} is text. Add "
                '"Version": "2012-10-17".'
            ),
        ),
    ),
    fires(
        "a variable without a name",
        _on("arn:aws:s3:::b/${ }/*"),
        (
            f"{PATH}.Resource",
            "A policy variable has no name. Write one between its braces, or remove it.",
        ),
    ),
    fires(
        "a misspelled variable",
        _on("arn:aws:s3:::b/${aws:usrname}/*"),
        (f"{PATH}.Resource", _FINDING),
    ),
    fires(
        "escaped in Fn::Sub",
        _on(sub("arn:aws:s3:::${Bucket}/${!aws:usrname}/*")),
        (f"{PATH}.Resource", _FINDING),
    ),
    fires(
        "in a condition",
        conditional(StringLike={"s3:prefix": ["${aws:usrname}/*"]}),
        (f"{PATH}.Condition.StringLike.s3:prefix", _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyVariableUnknown(), resources) == findings
