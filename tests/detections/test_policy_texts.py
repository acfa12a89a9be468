"""Detections that read the text of a policy understand it in any order and with any white space."""

import json
from itertools import permutations
from typing import Any

import pytest

from detections.own_policies import ADMINISTRATOR_POLICY_WRITTEN
from detections.role_trust import ROLE_TRUSTED_FROM_OUTSIDE, ROLE_TRUSTS_EVERYONE
from trailbell import Detection, api_call, iam_user
from trailbell.pattern import Outcome

_STYLES: tuple[dict[str, Any], ...] = ({}, {"separators": (",", ":")}, {"indent": 2})


def _texts(*statements: dict[str, Any]) -> list[str]:
    """The policy in each style, with the members of its statements in each order."""
    orders = zip(*(permutations(statement.items()) for statement in statements), strict=True)
    return [
        json.dumps({"Statement": [dict(members) for members in order]}, **style)
        for order in orders
        for style in _STYLES
    ]


def _outcomes(detection: Detection, name: str, field: str, texts: list[str]) -> set[Outcome]:
    return {
        detection.filter_pattern.test_record(
            api_call("iam", name, iam_user("alice"), request={field: text})
        )
        for text in texts
    }


@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        pytest.param(
            [{"Effect": "Deny", "Action": "*", "Resource": "*"}], Outcome.NO_MATCH, id="a denial"
        ),
        pytest.param(
            [
                {"Effect": "Deny", "Action": ["*"], "Resource": "*"},
                {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            ],
            Outcome.NO_MATCH,
            id="a denial of everything next to a permission",
        ),
        pytest.param(
            [
                {"Effect": "Allow", "Action": ["s3:*"], "Resource": "*"},
                {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"},
            ],
            Outcome.NO_MATCH,
            id="a denial of everything else next to a permission",
        ),
        pytest.param(
            [{"Effect": "Allow", "Action": ["ec2:Describe*", "s3:*"], "Resource": ["*"]}],
            Outcome.NO_MATCH,
            id="every action of two services",
        ),
        pytest.param(
            [{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::shop/*"}],
            Outcome.NO_MATCH,
            id="every action on one resource",
        ),
        pytest.param(
            [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}],
            Outcome.NO_MATCH,
            id="one action of IAM",
        ),
        pytest.param(
            [{"Effect": "Allow", "Action": "*", "Resource": "*"}], Outcome.MATCH, id="everything"
        ),
        pytest.param(
            [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}],
            Outcome.MATCH,
            id="everything in lists",
        ),
        pytest.param(
            [{"Effect": "Allow", "Action": ["ec2:*", "*:*"], "Resource": "*"}],
            Outcome.MATCH,
            id="everything at the end of a list",
        ),
        pytest.param(
            [{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}],
            Outcome.MATCH,
            id="all of IAM",
        ),
        pytest.param(
            [{"Effect": "Allow", "NotAction": "aws-portal:*", "Resource": "*"}],
            Outcome.MATCH,
            id="all actions but some",
        ),
        pytest.param(
            [{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::shop"}],
            Outcome.MATCH,
            id="all resources but one",
        ),
    ],
)
def test_a_policy_that_allows_every_action(
    statements: list[dict[str, Any]], outcome: Outcome
) -> None:
    texts = _texts(*statements)
    assert _outcomes(ADMINISTRATOR_POLICY_WRITTEN, "PutUserPolicy", "policyDocument", texts) == {
        outcome
    }


def _trust(principal: object, effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"}


_OWN = {"AWS": "arn:aws:iam::111122223333:root"}
_NEITHER = (Outcome.NO_MATCH, Outcome.NO_MATCH)


@pytest.mark.parametrize(
    ("statements", "outcomes"),
    [
        pytest.param([_trust(_OWN)], _NEITHER, id="the own account"),
        pytest.param([_trust({"Service": "ec2.amazonaws.com"})], _NEITHER, id="an AWS service"),
        pytest.param(
            [_trust(_OWN), _trust("*", "Deny")], _NEITHER, id="the own account, others denied"
        ),
        pytest.param(
            [_trust({"AWS": "*"}, "Deny"), _trust(_OWN)], _NEITHER, id="others denied in a list"
        ),
        pytest.param(
            [_trust({"AWS": "arn:aws:iam::123456789012:user/x"})],
            (Outcome.NO_MATCH, Outcome.MATCH),
            id="another account",
        ),
        pytest.param(
            [_trust({"AWS": "*"})], (Outcome.MATCH, Outcome.MATCH), id="everyone as an AWS account"
        ),
        pytest.param([_trust("*")], (Outcome.MATCH, Outcome.NO_MATCH), id="everyone"),
        pytest.param(
            [_trust({"AWS": [*_OWN.values(), "*"]})],
            (Outcome.MATCH, Outcome.NO_MATCH),
            id="the own account and everyone",
        ),
    ],
)
@pytest.mark.parametrize(
    ("name", "field"),
    [
        pytest.param("CreateRole", "assumeRolePolicyDocument", id="a new role"),
        pytest.param("UpdateAssumeRolePolicy", "policyDocument", id="a changed role"),
    ],
)
def test_a_role_that_trusts_others(
    statements: list[dict[str, Any]], outcomes: tuple[Outcome, Outcome], name: str, field: str
) -> None:
    texts = _texts(*statements)
    assert (
        _outcomes(ROLE_TRUSTS_EVERYONE, name, field, texts),
        _outcomes(ROLE_TRUSTED_FROM_OUTSIDE, name, field, texts),
    ) == ({outcomes[0]}, {outcomes[1]})
