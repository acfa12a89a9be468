"""
The conditions of a statement as formulas.

In:    the ``Condition`` of a statement, without intrinsic functions.
Out:   bounds of when it holds. What is not understood may hold or not.
Never: a guess at an operator, a policy variable or a value that is not known.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from trailbell.proof.formula import (
    FALSE,
    Bounds,
    Formula,
    Match,
    Not,
    Or,
    Present,
    SomeValue,
    every,
    exactly,
    unknown,
)
from trailbell.proof.matcher import (
    Compare,
    Glob,
    Matcher,
    Within,
    arn_wildcards,
    literal,
    read_network,
    read_number,
    read_time,
    wildcards,
)
from trailbell.proof.slots import PRINCIPAL_ACCOUNT, PRINCIPAL_ARN, key_slot, of_account
from trailbell.template.evaluate import as_text, is_unknown


def condition_bounds(condition: Any) -> Bounds:
    """When all conditions of a statement hold."""
    if condition is None:
        return every(())
    if not isinstance(condition, Mapping):
        return unknown("a condition is not known")
    return every(
        _test(operator, key, values)
        for operator, keys in condition.items()
        for key, values in (keys.items() if isinstance(keys, Mapping) else [("", keys)])
    )


def _test(operator: str, key: str, raw: Any) -> Bounds:
    """One operator with one key."""
    qualifier, _, name = operator.rpartition(":")
    if_exists = name.endswith("IfExists") and name != "Null"
    name = name.removesuffix("IfExists")
    values = raw if isinstance(raw, list) else [raw]
    if not key or is_unknown(values) or not all(isinstance(v, str | int | float) for v in values):
        return unknown(f"a value of {key or operator} is not known")
    texts = [as_text(value) for value in values]
    if name == "Null":
        return _null(qualifier, key, texts)
    negated, positive = "Not" in name, name.replace("Not", "")
    read = _OPERATORS.get(positive)
    if read is None or (negated and name not in _NEGATED):
        return unknown(f'the operator "{operator}" is not known')
    if any(_VARIABLE.search(text) for text in texts):
        return unknown(f"{key} is compared with a policy variable")
    matchers = [read(text) for text in texts]
    if None in matchers:
        return unknown(f'{key}: "{texts[matchers.index(None)]}" is no value of {operator}')
    known = tuple(m for m in matchers if m is not None)
    if key_slot(key) in (PRINCIPAL_ACCOUNT, PRINCIPAL_ARN) and (
        qualifier or not all(isinstance(m, Glob) for m in known)
    ):
        return unknown(f"{key} is compared neither as a text nor as an ARN")
    if qualifier not in ("", "ForAllValues", "ForAnyValue"):
        return unknown(f'the operator "{operator}" is not known')
    found = _formula(qualifier, key, known, negated=negated, if_exists=if_exists)
    if qualifier == "ForAnyValue" and if_exists:
        # AWS says that IfExists is true without the key, and that ForAnyValue is false without it.
        absent = Not(_present(key_slot(key)))
        reason = f"{operator} without {key} is documented both as true and as false"
        return Bounds(found, Or((found, absent)), frozenset({reason}))
    return exactly(found)


def _formula(
    qualifier: str, key: str, matchers: tuple[Matcher, ...], *, negated: bool, if_exists: bool
) -> Formula:
    """When a comparison holds, also without the key.

    A negated operator holds without the key, ForAllValues too, and ForAnyValue does not.
    """
    slot = key_slot(key)
    absent: Formula = Not(_present(slot)) if if_exists else FALSE
    if qualifier == "ForAnyValue":
        return SomeValue(slot, matchers, negated)
    if qualifier == "ForAllValues":
        return Not(SomeValue(slot, matchers, not negated))
    matches = Or(tuple(_single(slot, matcher) for matcher in matchers))
    return Or((Not(matches) if negated else matches, absent))


def _single(slot: str, matcher: Matcher) -> Formula:
    """A comparison of one value. The account of a principal is the one in its ARN."""
    if slot == PRINCIPAL_ACCOUNT and isinstance(matcher, Glob):
        return of_account(matcher)
    return Match(slot, matcher)


def _present(slot: str) -> Formula:
    return Present(PRINCIPAL_ARN if slot == PRINCIPAL_ACCOUNT else slot)


def _null(qualifier: str, key: str, texts: list[str]) -> Bounds:
    present = _present(key_slot(key))
    match sorted({text.lower() for text in texts}):
        case ["true"] if not qualifier:
            return exactly(Not(present))
        case ["false"] if not qualifier:
            return exactly(present)
        case _:
            return unknown(f"Null of {key} is neither true nor false")


_VARIABLE = re.compile(r"\$\{(?![*?$]\})")

_Read = Callable[[str], Matcher | None]


def _compare(operator: Any, read: Callable[[str], float | None]) -> _Read:
    def matcher(text: str) -> Matcher | None:
        number = read(text)
        return None if number is None else Compare(operator, number)

    return matcher


def _address(text: str) -> Matcher | None:
    network = read_network(text)
    return None if network is None else Within(network)


def _bool(text: str) -> Matcher | None:
    return literal(text.lower(), ignore_case=True) if text.lower() in ("true", "false") else None


def _string(text: str) -> Matcher:
    return literal(_unescaped(text))


def _string_ignore_case(text: str) -> Matcher:
    return literal(_unescaped(text), ignore_case=True)


def _unescaped(text: str) -> str:
    return re.sub(r"\$\{([*?$])\}", r"\1", text)


_OPERATORS: Mapping[str, _Read] = {
    "StringEquals": _string,
    "StringEqualsIgnoreCase": _string_ignore_case,
    "StringLike": wildcards,
    "ArnEquals": arn_wildcards,
    "ArnLike": arn_wildcards,
    "BinaryEquals": literal,
    "Bool": _bool,
    "IpAddress": _address,
    **{
        f"{kind}{name}": _compare(sign, read)
        for kind, read in (("Numeric", read_number), ("Date", read_time))
        for name, sign in (
            ("Equals", "="),
            ("LessThan", "<"),
            ("LessThanEquals", "<="),
            ("GreaterThan", ">"),
            ("GreaterThanEquals", ">="),
        )
    },
}
_NEGATED = frozenset(
    {
        *("StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "ArnNotEquals"),
        *("ArnNotLike", "NotIpAddress", "NumericNotEquals", "DateNotEquals"),
    }
)
