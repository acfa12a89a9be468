"""The ARNs that a resource of a statement and a resource type have in common."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.iam.arn_patterns import can_match, overlaps

_BUCKET = "arn:${Partition}:s3:::${BucketName}"
_OBJECT = "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
_ROLE = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"
_STREAM = "arn:${Partition}:logs:${Region}:${Account}:log-group:${Group}:log-stream:${Stream}"
_RECOVERY_POINT = "arn:${Partition}:${Vendor}:${Region}:*:${ResourceType}:${RecoveryPointId}"


@pytest.mark.parametrize(
    ("resource", "template", "matches"),
    [
        pytest.param("arn:aws:s3:::b", _OBJECT, False, id="a bucket is no object"),
        pytest.param("arn:aws:s3:::b/*", _BUCKET, False, id="objects are no bucket"),
        pytest.param("arn:aws:ec2:*:*:instance/*", _OBJECT, False, id="another service"),
        pytest.param("arn:aws:iam::1:user/x", _ROLE, False, id="another type of the service"),
        pytest.param("arn:aws:iam:us-east-1:1:role/x", _ROLE, False, id="IAM has no Region"),
        pytest.param("arn:aws:logs:*:*:log-group:g", _STREAM, False, id="a group is no stream"),
        pytest.param("*", _OBJECT, True, id="everything"),
        pytest.param("arn:aws:s3:::b/*", _OBJECT, True, id="objects"),
        pytest.param("arn:aws:s3:::b*", _OBJECT, True, id="a wildcard that can have a slash"),
        pytest.param("arn:aws:s3:::b*", _BUCKET, True, id="a wildcard that can have none"),
        pytest.param("arn:aws:s3:::${aws:username}", _OBJECT, True, id="a policy variable"),
        pytest.param("arn:aws:s3*", _OBJECT, True, id="an incomplete ARN"),
        pytest.param("arn:*:*:*:*:*", _ROLE, True, id="a wildcard for the service"),
        pytest.param("arn:aws:iam::1:role/a/b", _ROLE, True, id="a path"),
        pytest.param("arn:aws:logs:*:*:log-group:g:*", _STREAM, True, id="all streams of a group"),
        pytest.param(
            "arn:aws:backup:*:1:recovery-point:*", _RECOVERY_POINT, True, id="of any service"
        ),
    ],
)
def test_resources_and_types(resource: str, template: str, matches: bool) -> None:  # noqa: FBT001 - a table of cases
    assert can_match(resource, template) is matches


_TEXT = st.text("ab/", max_size=5)


@given(_TEXT, st.text("ab/*?", max_size=6))
def test_a_text_overlaps_the_patterns_that_match_it(text: str, pattern: str) -> None:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    assert overlaps(text, pattern) is bool(re.fullmatch(expression, text))


@given(st.text("ab*?", max_size=5), st.text("ab*?", max_size=5))
def test_overlap_does_not_depend_on_the_order(left: str, right: str) -> None:
    assert overlaps(left, right) == overlaps(right, left)


@given(st.text("ab*", max_size=6), st.text("ab", max_size=4))
def test_patterns_that_match_one_text_overlap(pattern: str, replacement: str) -> None:
    text = pattern.replace("*", replacement)
    assert overlaps(pattern, text.replace("a", "?"))
