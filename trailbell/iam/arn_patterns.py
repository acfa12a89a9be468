"""
Whether the resource of a statement can be of a resource type.

In:    the text of ``Resource`` with wildcards, and the ARN template of a resource type.
Out:   whether an ARN exists that both match.
Never: a mismatch that a wildcard or an incomplete ARN leaves open.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

import re
from functools import cache

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_POLICY_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_ANY = "*"
# A name of a bucket has no slash; all behind it is the key of an object. Names of other resources
# can be paths. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"arn:\$\{Partition\}:s3:::\$\{BucketName\}")
# Services whose templates leave Region or account out because their ARNs have none.
_EXACT = {"iam", "s3", "route53"}


@cache
def can_match(resource: str, template: str) -> bool:
    """Whether a ``Resource`` with wildcards and the template of a type have an ARN in common."""
    if resource == _ANY or template == _ANY:
        return True
    # ${aws:username} can be any text; ${*} and ${?} are the characters themselves.
    resource = _POLICY_VARIABLE.sub(_literal, resource)
    parts, expected = resource.split(":", 5), template.split(":", 5)
    if len(parts) < 6 or len(expected) < 6:
        return True
    if not overlaps(parts[2].lower(), _VARIABLE.sub(_ANY, expected[2])):
        return False
    for place in (3, 4):
        if expected[2] in _EXACT and not expected[place] and parts[place].strip("*"):
            return False
    if _BUCKET.fullmatch(template):
        return _can_be_bucket(parts[5])
    return overlaps(parts[5], _VARIABLE.sub(_ANY, expected[5]))


def lacks(resource: str, template: str, place: int) -> bool:
    """Whether a complete ARN is of a type, but for a part of it that is empty.

    ``place`` is 3 for the Region, and 4 for the account.
    """
    parts, expected = resource.split(":", 5), template.split(":", 5)
    if len(parts) < 6 or len(expected) < 6 or parts[2] != expected[2]:
        return False
    name = _POLICY_VARIABLE.sub(_literal, parts[5])
    is_of_type = overlaps(name, _VARIABLE.sub(_ANY, expected[5]))
    return is_of_type and not parts[place] and bool(expected[place])


def _literal(variable: re.Match[str]) -> str:
    return "_" if variable[1] in ("*", "?", "$") else _ANY


def _can_be_bucket(name: str) -> bool:
    return "/" not in name


@cache
def overlaps(left: str, right: str) -> bool:
    """Whether a text exists that both patterns with ``*`` and ``?`` match."""
    if left == _ANY or right == _ANY:
        return True
    reachable = _skip_stars(right, {0})
    for character in left:
        if character == _ANY:
            reachable = set(range(min(reachable), len(right) + 1))
            continue
        moved = {
            position if right[position] == _ANY else position + 1
            for position in reachable
            if position < len(right)
            and (right[position] in "*?" or character in ("?", right[position]))
        }
        reachable = _skip_stars(right, moved)
        if not reachable:
            return False
    return len(right) in reachable


def _skip_stars(pattern: str, positions: set[int]) -> set[int]:
    """The positions, and those behind the stars at them, which match no character, too."""
    result: set[int] = set()
    for start in positions:
        position = start
        result.add(position)
        while position < len(pattern) and pattern[position] == _ANY:
            position += 1
            result.add(position)
    return result
