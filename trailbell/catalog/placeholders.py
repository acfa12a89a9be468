"""
Placeholders in the texts of a detection, for deployed resources: ``${LogGroupName}``.

In:    a pattern, a query, a title, or any other text of a detection.
Out:   the placeholders in it; the text with values for them; the text for ``Fn::Sub``.
Never: a change to other text. ``${HOME}`` and ``${aws:username}`` are not among `PLACEHOLDERS`, so
       they stay as they are.
"""

import re
from collections.abc import Callable, Iterator, Mapping

PLACEHOLDERS: Mapping[str, str] = {
    "LogGroupName": "security-alerts-LogGroup-EXAMPLE",
    "AlarmPrefix": "security-alerts",
    "BaseStackName": "security-alerts",
    "HighTopicArn": "arn:aws:sns:us-east-1:111122223333:security-alerts-HighTopic-EXAMPLE",
    "MediumTopicArn": "arn:aws:sns:us-east-1:111122223333:security-alerts-MediumTopic-EXAMPLE",
    "LowTopicArn": "arn:aws:sns:us-east-1:111122223333:security-alerts-LowTopic-EXAMPLE",
    "LogBucketName": "security-alerts-logbucket-example",
    "OwnAccountId": "111122223333",
}
"""The names that a text can contain, each with the value that sample events use.

``OwnAccountId`` is the account of the deployment; `trailbell.catalog.known_values` adds others.
"""

# The name of a base stack has at most 128 characters, to which CloudFormation adds the logical ID
# and 12 more: ``arn:aws-us-gov:sns:us-gov-west-1:111122223333:<stack>-MediumTopic-<random>``.
PLACEHOLDER_MAX_LENGTHS: Mapping[str, int] = {
    "LogGroupName": 150,
    "AlarmPrefix": 40,
    "BaseStackName": 128,
    "HighTopicArn": 199,
    "MediumTopicArn": 199,
    "LowTopicArn": 199,
    "LogBucketName": 63,
    "OwnAccountId": 12,
}
"""The maximum length of each value, which the parameters of the stacks enforce."""

DOLLAR = "Dollar"
"""A variable of ``Fn::Sub`` whose value is a dollar sign, for `escape_for_sub`."""

_PLACEHOLDER = re.compile(r"\$\{(" + "|".join(PLACEHOLDERS) + r")\}")
_TOKENS = {name: f"ownXname{name}Xend" for name in PLACEHOLDERS}
_TOKEN = re.compile("ownXname(" + "|".join(PLACEHOLDERS) + ")Xend")
_LIKE_A_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_OPENING = re.compile(r"\$\{(?:(?P<inside>[^${}]*)\})?")


def placeholders_in(text: str) -> tuple[str, ...]:
    """The placeholders in a text, each once, in order."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def unknown_placeholders(text: str) -> tuple[str, ...]:
    """Names like a placeholder that are none: ``${LogGrupName}``, but not ``${aws:username}``."""
    names = dict.fromkeys(_LIKE_A_PLACEHOLDER.findall(text))
    return tuple(name for name in names if name not in PLACEHOLDERS)


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    """Replace each placeholder in a text by its value."""
    return _PLACEHOLDER.sub(lambda placeholder: values[placeholder[1]], text)


def translate(text: str, function: Callable[[str], str]) -> str:
    """Apply a function to a text whose placeholders must not change, for example be escaped.

    During this, they are plain words.
    """
    return restore_placeholders(function(hide_placeholders(text)))


def hide_placeholders(text: str) -> str:
    """The text with plain words for its placeholders."""
    return fill_placeholders(text, _TOKENS)


def restore_placeholders(text: str) -> str:
    """The text with its placeholders again."""
    return _TOKEN.sub(r"${\1}", text)


def max_deployed_length(text: str) -> int:
    """The maximum length of a text with values for its placeholders."""
    names = _PLACEHOLDER.findall(text)
    return len(text) + sum(PLACEHOLDER_MAX_LENGTHS[name] - len(f"${{{name}}}") for name in names)


def escape_for_sub(text: str) -> str:
    """Escape a text for ``Fn::Sub``, so that it replaces the placeholders and nothing else.

    ``${HOME}`` becomes ``${!HOME}``. AWS does not document how unclosed or nested braces are read,
    so their dollar sign becomes the variable `DOLLAR`.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
    """
    return "".join(_escape(text))


def _escape(text: str) -> Iterator[str]:
    # Splitting by a pattern with one group alternates literal text and names.
    for number, part in enumerate(_PLACEHOLDER.split(text)):
        yield f"${{{part}}}" if number % 2 else _OPENING.sub(_literal, part)


def _literal(opening: re.Match[str]) -> str:
    inside = opening["inside"]
    return f"${{{DOLLAR}}}{{" if inside is None else f"${{!{inside}}}"
