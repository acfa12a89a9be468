"""
Conditions that are always true, or never.

In:    the conditions of one statement, as `trailbell.validate.policies` reads them.
Out:   what is wrong with them, one sentence each.
Never: a finding for what a request can decide.
"""

from collections.abc import Iterator
from ipaddress import ip_network
from itertools import combinations

from trailbell.iam.condition_keys import SENSITIVE_KEYS, key_type
from trailbell.iam.condition_operators import Operator, accepts
from trailbell.template.policy import matches_wildcards
from trailbell.validate.policies import ConditionEntry

# In every request. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_ALWAYS_PRESENT = {
    *("aws:currenttime", "aws:epochtime", "aws:principalaccount", "aws:principaltype"),
    *("aws:requestedregion", "aws:resourceaccount", "aws:securetransport", "aws:userid"),
}
# Each service that sends an ARN sends one that matches.
_SENSITIVE = SENSITIVE_KEYS | {"aws:sourcearn"}
# Global keys that hold what others choose, in which * can be a character.
_FREE_TEXT = ("aws:requesttag/", "aws:resourcetag/", "aws:principaltag/", "aws:tagkeys")
_FREE_KEYS = {"aws:useragent", "aws:referer", "aws:username"}
_EXACT = {"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"}


def ineffective_conditions(
    branch: tuple[ConditionEntry, ...],
) -> Iterator[tuple[ConditionEntry, str]]:
    """The conditions without effect, with the reason."""
    for entry in branch:
        operator = entry.operator
        texts = entry.texts
        if operator is None or not texts:
            continue
        message = _always(operator, entry.key.lower(), texts)
        if message := message or _literal_wildcard(operator, entry.key, texts):
            yield entry, message
    for first, second in combinations(branch, 2):
        if first.key.lower() == second.key.lower() and _exclude_each_other(first, second):
            yield (
                second,
                (
                    f"{first.operator_name} and {second.operator_name} on {first.key} are never "
                    "true together, so that the statement never applies."
                ),
            )


def _always(operator: Operator, key: str, texts: tuple[str, ...]) -> str:
    """Why a condition is always true, or never if the operator is negated."""
    outcome = "never" if operator.is_negated else "always"
    if operator.family == "IPAddress" and (ranges := [*filter(_is_everywhere, texts)]):
        return f"The range {ranges[0]} is every address, so that the condition is {outcome} true."
    if operator.family == "Null" and key in _ALWAYS_PRESENT and len(set(texts)) == 1:
        outcome = "never" if texts[0].lower() == "true" else "always"
        return f"Each request has this key, so that the condition is {outcome} true."
    if operator.family == "Bool" and {text.lower() for text in texts} == {"true", "false"}:
        return "The values are true and false, so that the condition is always true."
    is_any = operator.name.endswith("Like") and "*" in texts
    if is_any and (
        key in _SENSITIVE or key in _ALWAYS_PRESENT or (operator.if_exists and outcome == "always")
    ):
        return f"The value * is any value, so that the condition is {outcome} true."
    return ""


def _is_everywhere(text: str) -> bool:
    try:
        return ip_network(text, strict=False).prefixlen == 0
    except ValueError:
        return False


def _literal_wildcard(operator: Operator, key: str, texts: tuple[str, ...]) -> str:
    """Why a value with a wildcard is never equal: only ``Like`` operators read wildcards."""
    name = key.lower()
    if operator.name not in _EXACT or name.startswith(_FREE_TEXT) or name in _FREE_KEYS:
        return ""
    is_compared = name.startswith("aws:") or name.endswith(":sub") or key_type(name) == "ARN"
    is_literal = any("*" in text.replace("${*}", "") for text in texts)
    if not is_compared or not is_literal or (name == "aws:sourcearn" and _is_of_reports(texts)):
        return ""
    similar = "StringNotLike" if operator.is_negated else "StringLike"
    return (
        f"{operator.name} compares the * in {key} literally. Use {similar}, which reads wildcards."
    )


def _is_of_reports(texts: tuple[str, ...]) -> bool:
    """Whether the service sends a text with a star, as in the policy that AWS writes for reports.

    https://docs.aws.amazon.com/cur/latest/userguide/cur-s3.html
    """
    return all(text.split(":")[2:3] == ["cur"] and text.endswith(":definition/*") for text in texts)


def _exclude_each_other(first: ConditionEntry, second: ConditionEntry) -> bool:
    """Whether no request meets both conditions on the same key."""
    operators = (first.operator, second.operator)
    if any(op is None or op.if_exists or op.quantifier for op in operators):
        return False
    if not first.texts or not second.texts:
        return False
    return (
        _are_disjoint(first, second)
        or _is_absent_and_compared(first, second)
        or _is_absent_and_compared(second, first)
        or _is_empty_range(first, second)
        or _is_empty_range(second, first)
    )


def _are_disjoint(first: ConditionEntry, second: ConditionEntry) -> bool:
    """Whether both ask for texts, of which none is in common."""
    names = {entry.operator.name for entry in (first, second) if entry.operator}
    if not names <= {"StringEquals", "StringLike"} or any(
        "${" in text for text in (*first.texts, *second.texts)
    ):
        return False
    has_wildcards = [
        entry.operator is not None
        and entry.operator.name == "StringLike"
        and any("*" in text or "?" in text for text in entry.texts)
        for entry in (first, second)
    ]
    if all(has_wildcards):
        return False
    exact, patterns = (second, first) if has_wildcards[0] else (first, second)
    return not any(
        matches_wildcards(text, pattern) if any(has_wildcards) else text == pattern
        for text in exact.texts
        for pattern in patterns.texts
    )


def _is_absent_and_compared(null: ConditionEntry, other: ConditionEntry) -> bool:
    """Whether one asks that the key is missing, and the other compares its value."""
    if null.operator is None or other.operator is None or null.operator.family != "Null":
        return False
    is_absent = {text.lower() for text in null.texts} == {"true"}
    return is_absent and other.operator.family != "Null" and not other.operator.is_negated


def _is_empty_range(below: ConditionEntry, above: ConditionEntry) -> bool:
    """Whether one asks for less than the other asks for more than."""
    upper, lower = below.operator, above.operator
    if upper is None or lower is None or upper.family != lower.family:
        return False
    if upper.family not in ("Numeric", "Date"):
        return False
    if "LessThan" not in upper.name or "GreaterThan" not in lower.name:
        return False
    texts = (*below.texts, *above.texts)
    if not all(accepts(operator, text) for operator in (upper, lower) for text in texts):
        return False
    if upper.family == "Numeric":
        return max(map(float, below.texts)) < min(map(float, above.texts))
    # Dates of the same form are in the order of their texts.
    return len(set(map(len, texts))) == 1 and max(below.texts) < min(above.texts)
