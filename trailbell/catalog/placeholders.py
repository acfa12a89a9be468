"""
Names of what is deployed, in the texts of a detection: ``${LogGroupName}``.

In:    a pattern, a query, a title, a reason, a step.
Out:   the names in it; the text with values put in; the text as ``Fn::Sub`` takes it.
Never: a text that people read otherwise after deployment than it was written. What stands in
       ``${...}`` and is none of `PLACEHOLDERS` is literal: ``${HOME}``, ``${aws:username}``.
"""

import re
from collections.abc import Iterator, Mapping

PLACEHOLDERS: Mapping[str, str] = {
    "LogGroupName": "security-alerts-LogGroup-EXAMPLE",
    "AlarmPrefix": "security-alerts",
    "HighTopicArn": "arn:aws:sns:us-east-1:111122223333:security-alerts-HighTopic-EXAMPLE",
    "MediumTopicArn": "arn:aws:sns:us-east-1:111122223333:security-alerts-MediumTopic-EXAMPLE",
    "LowTopicArn": "arn:aws:sns:us-east-1:111122223333:security-alerts-LowTopic-EXAMPLE",
    "LogBucketName": "security-alerts-logbucket-example",
}
"""What a pattern may name of the deployed stacks, each with a sample for its events."""

# A base stack's name has at most 40 characters (the parameter BaseStackName), to which
# CloudFormation adds the logical id and 12 more: ``arn:aws-us-gov:sns:us-gov-west-1:…:<name>``.
PLACEHOLDER_MAX_LENGTHS: Mapping[str, int] = {
    "LogGroupName": 128,
    "AlarmPrefix": 40,
    "HighTopicArn": 111,
    "MediumTopicArn": 111,
    "LowTopicArn": 111,
    "LogBucketName": 63,
}
"""The most characters that each of `PLACEHOLDERS` can have; parameters hold them to it."""

DOLLAR = "Dollar"
"""A variable of ``Fn::Sub`` that stands for one dollar sign, where `escaped` needs it."""

_NAME = re.compile(r"\$\{(" + "|".join(PLACEHOLDERS) + r")\}")
_LIKE_A_NAME = re.compile(r"\$\{(\w+)\}")
_OPENING = re.compile(r"\$\{(?:(?P<inside>[^${}]*)\})?")


def names_in(text: str) -> tuple[str, ...]:
    """The names in a text, each once, in order."""
    return tuple(dict.fromkeys(_NAME.findall(text)))


def unknown_names(text: str) -> tuple[str, ...]:
    """What looks like a name and is none: ``${LogGrupName}``, but not ``${aws:username}``."""
    found = dict.fromkeys(_LIKE_A_NAME.findall(text))
    return tuple(name for name in found if name not in PLACEHOLDERS)


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The text with a value in the place of each name; all of them have one."""
    return _NAME.sub(lambda found: values[found[1]], text)


def max_deployed_length(text: str) -> int:
    """How many characters a text can have once its names are put in."""
    names = _NAME.findall(text)
    return len(text) + sum(PLACEHOLDER_MAX_LENGTHS[name] - len(f"${{{name}}}") for name in names)


def escaped(text: str) -> str:
    """The text as ``Fn::Sub`` takes it: names stay, and all else is read as it was written.

    ``${HOME}`` becomes ``${!HOME}``. Where braces are not closed, or stand in each other, the
    page does not say how that is read; there the dollar sign is the variable `DOLLAR`.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
    """
    return "".join(_escaped(text))


def _escaped(text: str) -> Iterator[str]:
    # Split by a pattern with one group: literal text and names take turns.
    for number, part in enumerate(_NAME.split(text)):
        yield f"${{{part}}}" if number % 2 else _OPENING.sub(_literal, part)


def _literal(opening: re.Match[str]) -> str:
    inside = opening["inside"]
    return f"${{{DOLLAR}}}{{" if inside is None else f"${{!{inside}}}"
