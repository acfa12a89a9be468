"""
What a statement of a changed policy newly allows, decided by logic.

In:    the policies of a resource before and after, and the statement that may broaden access.
Out:   `NewAccess`: an example of a request that is new, or why that is undecided; or that nothing
       is new, which is said only if it is proven for the policies as they are written.
Never: a value that only a deployment knows. Where there is one, nothing is proven to be the same.

An account as the principal of an Allow statement lets its administrators decide who of it is
allowed. A user or role that is named is allowed at once, so what names one is not covered by that.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html

A Deny statement also protects against what other policies allow, so a request that is no longer
denied is new, whether this policy allows it or not.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.proof.decide import FindRequest
from trailbell.proof.encoding import statements_of
from trailbell.proof.newly_allowed import Undecided, newly_allowed
from trailbell.proof.request import to_json
from trailbell.template.intrinsics import is_intrinsic
from trailbell.template.policy import Statement, parse_statements

_AT_DEPLOYMENT = "the values of intrinsic functions are known at deployment only"
_NO_VALUE = {"Ref": "AWS::NoValue"}


@dataclass(frozen=True)
class NewAccess:
    """What is new in one sentence, and as an example. ``nothing`` says that this is proven."""

    detail: str = ""
    example: Mapping[str, Any] | None = None
    nothing: bool = False


def new_access(statement: Statement, old: Any, new: Any, find: FindRequest) -> NewAccess:
    """What a statement newly allows, or a removed Deny statement no longer denies.

    ``old`` and ``new`` are the values of the property that holds the policies.
    """
    if statement.effect == "Deny":
        before = _as_allow(_kept(new, lambda each: each.effect == "Deny"))
        after = _as_allow(_kept(old, lambda each: each == statement))
    else:
        before = _kept(old, lambda each: each.effect == "Deny" or _grants(each, statement))
        after = _kept(new, lambda each: each.effect == "Deny" or each == statement)
    found = newly_allowed(
        [{"Statement": _in_an_account(before)}], [{"Statement": _in_an_account(after)}], find
    )
    match found:
        case None if not _has_functions([old, new]):
            return NewAccess(nothing=True)
        case None:
            return NewAccess(f"undecided whether that is new: {_AT_DEPLOYMENT}")
        case Undecided(reasons):
            return NewAccess(f"undecided what exactly is new: {', '.join(reasons)}")
        case request:
            verb = "no longer denied" if statement.effect == "Deny" else "newly allowed"
            note = f" ({_AT_DEPLOYMENT})" if _has_functions([before, after]) else ""
            said = request.said("anyone" if _has_principals([before, after]) else _HOLDER)
            return NewAccess(f"{verb}, for example: {said}{note}", to_json(request))


_HOLDER = "a user or role with this policy"
"""Who calls by an identity policy."""


def _has_principals(value: Any) -> bool:
    """Whether a policy says who it is for, as those of resources do."""
    match value:
        case {"Principal": _} | {"NotPrincipal": _}:
            return True
        case dict():
            return any(map(_has_principals, value.values()))
        case list():
            return any(map(_has_principals, value))
        case _:
            return False


_EXAMPLES = {"AWS::AccountId": "111122223333", "AWS::Partition": "aws"}
"""Without them, the account itself would be no known principal. Both are the same before and after.

A policy with a function is never proven to be the same, so an equal literal value hides nothing.
"""


def _in_an_account(value: Any) -> Any:
    """The value with an example of the account and its partition."""
    match value:
        case {"Ref": str(name)} if name in _EXAMPLES:
            return _EXAMPLES[name]
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": _filled(text)}
        case {"Fn::Sub": [str(text), variables]}:
            return {"Fn::Sub": [_filled(text), _in_an_account(variables)]}
        case dict():
            return {name: _in_an_account(member) for name, member in value.items()}
        case list():
            return [_in_an_account(member) for member in value]
        case _:
            return value


def _filled(text: str) -> str:
    for name, example in _EXAMPLES.items():
        text = text.replace(f"${{{name}}}", example)
    return text


def _grants(old: Statement, new: Statement) -> bool:
    """Whether an old Allow statement grants as directly as a new one, or more so."""
    direct = "NotPrincipal" in new.inverse or any(
        name.startswith("AWS:") and not _ACCOUNT.fullmatch(name) for name in new.principals
    )
    delegates = any(_ACCOUNT.fullmatch(name) for name in old.principals)
    return not (direct and delegates)


_ACCOUNT = re.compile(r"""AWS:(\d{12}|.*:root("\})?|\{"Ref": "AWS::AccountId"\})""")
"""A principal, as `Statement` has it."""


def _kept(policies: Any, wanted: Callable[[Statement], bool]) -> list[Any]:
    """The wanted statements, and those that are not known."""
    found: list[Any] = []
    for statement in _statements(policies):
        parsed = list(parse_statements({"Statement": statement}))
        if not parsed or any(wanted(each) for each in parsed):
            found.append(statement)
    return found


def _as_allow(statements: list[Any]) -> list[Any]:
    """Deny statements as if they allowed what they deny."""
    return [_flipped(statement) for statement in statements]


def _flipped(statement: Any) -> Any:
    match statement:
        case {"Fn::If": [condition, yes, no]}:
            return {"Fn::If": [condition, _flipped(yes), _flipped(no)]}
        case {"Effect": "Deny"}:
            return {**statement, "Effect": "Allow"}
        case _:
            return statement


def _statements(policies: Any) -> Iterator[Any]:
    """Each statement of all policy documents in a value, in the ``Fn::If`` that it depends on.

    None is a statement that is not known.
    """
    match policies:
        case None | {"Ref": "AWS::NoValue"}:
            return
        case {"Fn::If": [condition, yes, no]}:
            for statement in _statements(yes):
                yield {"Fn::If": [condition, statement, _NO_VALUE]}
            for statement in _statements(no):
                yield {"Fn::If": [condition, _NO_VALUE, statement]}
        case {"Effect": _}:
            yield policies
        case str():
            yield from statements_of(policies)
        case dict() | list() if not is_intrinsic(policies):
            for member in _members(policies):
                yield from _statements(member)
        case _:
            yield None


def _members(policies: dict[str, Any] | list[Any]) -> Iterator[Any]:
    """What may have statements: a text only as a policy document."""
    match policies:
        case list():
            yield from policies
        case {"Statement": inner}:
            yield inner
        case _:
            for name, member in policies.items():
                has_members = isinstance(member, (dict, list)) and not is_intrinsic(member)
                if has_members or name == "PolicyDocument":
                    yield member


def _has_functions(value: Any) -> bool:
    """Whether anything in a value is a function, or a dynamic reference.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    """
    match value:
        case dict():
            named = any(str(name) == "Ref" or str(name).startswith("Fn::") for name in value)
            return named or any(map(_has_functions, value.values()))
        case list():
            return any(map(_has_functions, value))
        case _:
            return "{{resolve:" in str(value)
