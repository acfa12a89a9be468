"""The rule W9850: redundant resources."""

import pytest

from tests.validate.policy_cases import PATH, allow, identity
from tests.validate.rule_matches import (
    Matches,
    Resources,
    either,
    fires,
    ref,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.PolicyResourceRedundant import PolicyResourceRedundant


def _on(*values: object) -> Resources:
    return identity(allow(on=[*values]))


_B = "arn:aws:s3:::b"
_AT = f"{PATH}.Resource"
_CASES = [
    silent("one resource", _on(f"{_B}/*")),
    silent("a bucket and its objects", _on(_B, f"{_B}/*")),
    silent("buckets by their prefix and their objects", _on(f"{_B}-*", f"{_B}-*/*")),
    silent("all buckets and all objects", _on("arn:aws:s3:::*", "arn:aws:s3:::*/*")),
    fires(
        "the objects of one of several buckets",
        _on(f"{_B}-*", f"{_B}-c/*"),
        (_AT, f"The resource {_B}-c/* is included in {_B}-*. Remove one of them."),
    ),
    silent("patterns that overlap", _on(f"{_B}/a*", f"{_B}/*z")),
    silent("two buckets of the template", _on(sub("${A.Arn}/*"), sub("${B.Arn}/*"))),
    silent("references", _on(ref("A"), ref("A"))),
    silent("a text and a reference", _on(f"{_B}/*", {"Fn::GetAtt": ["B", "Arn"]})),
    silent("no list", identity(allow(on="*"))),
    silent("a folder and an object in it", _on(f"{_B}/x", f"{_B}/x/y")),
    silent("buckets with a common prefix", _on(f"{_B}/*", "arn:aws:s3:::backup/*")),
    silent("one or everything", _on(either("*", f"{_B}/x"))),
    silent("everything in a branch", _on(f"{_B}/x", either("*", ref("AWS::NoValue")))),
    silent("the other branch", identity(allow(on=either(f"{_B}/*", [f"{_B}/x"])))),
    fires(
        "in a pattern",
        _on(f"{_B}/*", f"{_B}/x/*"),
        (_AT, f"The resource {_B}/x/* is included in {_B}/*. Remove one of them."),
    ),
    fires(
        "in one branch",
        identity(allow(on=either([f"{_B}/*", f"{_B}/x"], "*"))),
        (_AT, f"The resource {_B}/x is included in {_B}/*. Remove one of them."),
    ),
    fires(
        "in a pattern with the same variable",
        _on(sub("${A.Arn}/*"), sub("${A.Arn}/x")),
        (_AT, "The resource ${A.Arn}/x is included in ${A.Arn}/*. Remove one of them."),
    ),
    fires(
        "in everything, and twice",
        _on("*", _B, _B),
        (_AT, f"The resource {_B} is included in *. Remove one of them. The statement has 1 more."),
    ),
    fires(
        "repeated",
        _on(_B, "arn:aws:s3:::c", _B),
        (_AT, f"The resource {_B} is repeated. Remove one of them."),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyResourceRedundant(), resources) == findings
