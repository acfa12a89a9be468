"""
The parts of a request, and what is always true of them.

In:    the slots that a formula is about.
Out:   a formula that every request fulfills, and texts to prefer in examples.
Never: what a policy says.

A principal of IAM is its ARN as ``aws:PrincipalArn`` has it: for a session of a role, that of the
role. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Iterable
from functools import cache

from trailbell.proof.formula import And, Formula, Match, Not, Or, Present
from trailbell.proof.matcher import ANY, NO_COLON, Glob, Token, arn_wildcards, literal, wildcards

KIND = "kind"
ACTION = "action"
RESOURCE = "resource"
KINDS = ("AWS", "Service", "Federated", "CanonicalUser", "Anonymous")
"""The values of the slot `KIND`: the types of principals, and a request without a signature."""

_KEY = "key "
PRINCIPAL_ARN = f"{_KEY}aws:principalarn"
PRINCIPAL_ACCOUNT = f"{_KEY}aws:principalaccount"
_IS_SERVICE = f"{_KEY}aws:principalisawsservice"

_EXAMPLES = {
    PRINCIPAL_ARN: (
        "arn:aws:iam::123456789012:role/Example",
        "arn:aws:iam::111122223333:role/Example",
    ),
    "principal Service": ("cloudformation.amazonaws.com",),
    KIND: ("AWS", "Service", "Anonymous", "Federated", "CanonicalUser"),
    ACTION: ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"),
    f"{_KEY}aws:sourceaccount": ("111122223333", "123456789012"),
}


def key_slot(key: str) -> str:
    """The slot of a condition key. Names of keys do not depend on case."""
    return _KEY + key.lower()


def key_of(slot: str) -> str | None:
    """The condition key of a slot in lower case; None for another slot."""
    return slot.removeprefix(_KEY) if slot.startswith(_KEY) else None


def principal_slot(kind: str) -> str:
    """The slot with the name of a principal of this type."""
    return PRINCIPAL_ARN if kind == "AWS" else f"principal {kind}"


def is_kind(kind: str) -> Formula:
    """That the principal is of this type."""
    return Match(KIND, literal(kind))


@cache
def of_account(account: Glob) -> Formula:
    """That the ARN of the principal has an account that the matcher accepts."""
    characters = (
        Token(NO_COLON, token.repeated) if token.character == ANY else token
        for token in account.tokens
    )
    tokens = (*_BEFORE_ACCOUNT, *characters, Token(":"), Token(ANY, repeated=True))
    spelling = f"arn:aws:iam::{account.spelling}:role/Example"
    return Match(PRINCIPAL_ARN, Glob(tokens, account.ignore_case, spelling))


_BEFORE_ACCOUNT = (
    *literal("arn:").tokens,
    Token(NO_COLON, repeated=True),
    *literal(":iam::").tokens,
)


def examples_of(slot: str) -> tuple[str, ...]:
    """Texts to prefer in examples."""
    return _EXAMPLES.get(slot, ())


def facts(slots: Iterable[str]) -> Formula:
    """What is true of every request, as far as these slots are concerned.

    Only requests of IAM principals have keys that describe one.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice
    ``aws:SecureTransport`` is always there.
    """
    found: list[Formula] = []
    if any(slot == KIND or "principal" in slot for slot in slots):
        found.append(Or(tuple(is_kind(kind) for kind in KINDS)))
    arn = arn_wildcards("arn:*:iam::????????????:?*")
    for slot in sorted(set(slots)):
        if slot in (PRINCIPAL_ARN, PRINCIPAL_ACCOUNT):
            found.append(_same(Present(PRINCIPAL_ARN), is_kind("AWS")))
            if arn is not None:
                found.append(Or((Not(is_kind("AWS")), Match(PRINCIPAL_ARN, arn))))
        elif slot == _IS_SERVICE:
            found += [
                _same(Match(slot, _TRUE), is_kind("Service")),
                _same(Match(slot, _FALSE), is_kind("AWS")),
                _same(Present(slot), Or((is_kind("Service"), is_kind("AWS")))),
            ]
        elif slot.startswith(f"{_KEY}aws:principal"):
            found.append(Or((is_kind("AWS"), Not(Present(slot)))))
        elif slot == f"{_KEY}aws:securetransport":
            found.append(Or((Match(slot, _TRUE), Match(slot, _FALSE))))
        elif slot in (ACTION, RESOURCE):
            found.append(Match(slot, wildcards("?*:?*" if slot == ACTION else "?*")))
        elif slot.startswith("principal "):
            found.append(Present(slot))
            found.append(Match(slot, wildcards("?*")))
    return And(tuple(found))


_TRUE, _FALSE = (literal(text, ignore_case=True) for text in ("true", "false"))


def _same(left: Formula, right: Formula) -> Formula:
    return And((Or((Not(left), right)), Or((left, Not(right)))))
