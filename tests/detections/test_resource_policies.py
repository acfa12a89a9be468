"""What the detections of policies match, compared with a reading of the policies."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detections.resource_policies import BUCKET_OPENED_BY_POLICY, RESOURCE_OPENED_BY_POLICY
from detections.resource_sharing import RESOURCE_SHARED_BY_POLICY
from trailbell import ACCOUNT, OTHER_ACCOUNT, Detection, Event, api_call, iam_user
from trailbell.pattern import Outcome

Statement = dict[str, Any]

_OTHER = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
_OWN = f"arn:aws:iam::{ACCOUNT}:root"
_PRINCIPALS = st.sampled_from(
    [
        "*",
        {"AWS": "*"},
        {"AWS": ["*"]},
        {"AWS": [_OWN, "*"]},
        {"AWS": _OWN},
        {"AWS": _OTHER},
        {"AWS": [_OWN, _OTHER]},
        {"Service": "sns.amazonaws.com"},
        {"Federated": "cognito-identity.amazonaws.com"},
    ]
)
_REQUIRED: dict[str, st.SearchStrategy[Any]] = {
    "Effect": st.sampled_from(["Allow", "Deny"]),
    "Principal": _PRINCIPALS,
    "Action": st.sampled_from(["*", "sqs:SendMessage", ["ecr:BatchGetImage", "ecr:PutImage"]]),
}
_OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "Sid": st.sampled_from(["Allow", "Deny", "Principal", ""]),
    "Resource": st.sampled_from(["*", "arn:aws:s3:::shop/*", ["*"]]),
    "Condition": st.sampled_from(
        [
            {"Bool": {"aws:SecureTransport": "false"}},
            {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}, "Null": {"a": "true"}},
        ]
    ),
}


@st.composite
def _statements(draw: st.DrawFn) -> list[Statement]:
    """Statements with their members in any order."""
    drawn = draw(st.lists(st.fixed_dictionaries(_REQUIRED, optional=_OPTIONAL), min_size=1))
    return [dict(draw(st.permutations([*statement.items()]))) for statement in drawn]


def _principals(statement: Statement) -> list[str]:
    match statement["Principal"]:
        case str(principal):
            return [principal]
        case {"AWS": str(account)}:
            return [account]
        case {"AWS": list(accounts)}:
            return accounts
        case _:
            return []


def _allows_everybody(statement: Statement) -> bool:
    is_open = statement["Effect"] == "Allow" and "Condition" not in statement
    return is_open and "*" in _principals(statement)


def _matches(detection: Detection, event: Event) -> bool:
    return detection.filter_pattern.test_record(event) == Outcome.MATCH


def _secret(policy: str) -> Event:
    request = {"secretId": "shop", "resourcePolicy": policy}
    return api_call("secretsmanager", "PutResourcePolicy", iam_user("alice"), request=request)


def _queue(policy: str) -> Event:
    request = {"queueUrl": "shop", "attributes": {"Policy": policy}}
    return api_call("sqs", "SetQueueAttributes", iam_user("alice"), request=request)


def _bucket(statements: Any) -> Event:
    policy = {"Version": "2012-10-17", "Statement": statements}
    request = {"bucketName": "shop", "policy": "", "bucketPolicy": policy}
    return api_call("s3", "PutBucketPolicy", iam_user("alice"), request=request)


@settings(max_examples=200)
@given(
    _statements(),
    st.sampled_from([None, 0, 2, 4]),
    st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]),
    st.sampled_from(["Version", "Statement"]),
)
def test_a_policy_text_matches_exactly_if_a_statement_allows_everybody_without_a_condition(
    statements: list[Statement], indent: int | None, separators: tuple[str, str], last: str
) -> None:
    policy = {"Statement": statements, "Version": "2012-10-17"}
    policy[last] = policy.pop(last)
    text = json.dumps(policy, indent=indent, separators=separators)
    is_open = any(map(_allows_everybody, statements))
    assert _matches(RESOURCE_OPENED_BY_POLICY, _secret(text)) == is_open
    assert _matches(RESOURCE_OPENED_BY_POLICY, _queue(text)) == is_open


@given(_statements())
def test_a_bucket_policy_matches_if_one_of_its_first_statements_allows_everybody(
    statements: list[Statement],
) -> None:
    """A list of principals is one of its documented limits."""
    is_open = any(
        _allows_everybody(statement) and statement["Principal"] in ("*", {"AWS": "*"})
        for statement in statements[:2]
    )
    assert _matches(BUCKET_OPENED_BY_POLICY, _bucket(statements)) == is_open


@pytest.mark.parametrize(
    ("detection", "event"),
    [
        pytest.param(
            BUCKET_OPENED_BY_POLICY,
            _bucket([{"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": "s3:*"}]),
            id="a list of principals in a bucket policy",
        ),
        pytest.param(
            BUCKET_OPENED_BY_POLICY,
            _bucket({"Effect": "Allow", "Principal": "*", "Action": "s3:*"}),
            id="a statement of a bucket policy that is no list",
        ),
        pytest.param(
            RESOURCE_OPENED_BY_POLICY,
            _secret('{"Statement":[{"Effect":"Allow","NotPrincipal":{"AWS":"*"},"Action":"*"}]}'),
            id="everybody except for some",
        ),
        pytest.param(
            RESOURCE_SHARED_BY_POLICY,
            _secret(
                f'{{"Statement":[{{"Effect":"Allow","Principal":{{"AWS":["{_OWN}","{_OTHER}"]}}}}]}}'
            ),
            id="another account next to the own one",
        ),
    ],
)
def test_documented_limits(detection: Detection, event: Event) -> None:
    assert not _matches(detection, event)
