"""
Events that do not count: ``exclude`` in ``trailbell.toml``.

In:    a table of settings.
Out:   `Exclusions`, and from them the conditions that an event must satisfy to count.
Never: a value that no record can hold. It would exclude nothing, without a word.

::

    exclude = {
        roles = ["Deployer", "/ops/Deployer", "arn:aws:iam::111122223333:role/ops/Deployer"],
        principals = ["arn:aws:iam::111122223333:user/alice"],
        services = ["autoscaling.amazonaws.com"],
        addresses = ["192.0.2.44", "192.0.2.*"],
        events = ["CreateRoute"],
    }

A role by its name is every role of that name, on any path and in any account; ``/ops/Deployer`` is
the one on that path, ``/Deployer`` the one on no path; an ARN is exactly one role.
"""

import difflib
import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from trailbell import pattern
from trailbell.lazy_import import lazy_import
from trailbell.pattern.ast import Comparison, Condition, Operator, Text
from trailbell.settings import Table

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
_FIELDS = {
    "roles": "userIdentity.sessionContext.sessionIssuer.userName",
    "principals": "userIdentity.arn",
    "services": "userIdentity.invokedBy",
    "addresses": "sourceIPAddress",
    "events": "eventName",
}
_ROLE_ARN = "userIdentity.sessionContext.sessionIssuer.arn"

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_NAME = r"(?:aws:)?[\w+=,.@-]{1,64}"
_VISIBLE = r"[\x21-\x29\x2b-\x7e]"
_PATH = rf"/(?:{_VISIBLE}+/)?"
_ACCOUNT = r"arn:aws(?:-[a-z]+)*:{}::[0-9]{{12}}:"
_ROLE = re.compile(_ACCOUNT.format("iam") + rf"role{_PATH}{_NAME}", re.ASCII)
_PRINCIPAL = re.compile(
    rf"{_ACCOUNT.format('iam')}(?:root|user{_PATH}{_NAME})"
    rf"|{_ACCOUNT.format('sts')}(?:assumed-role/{_NAME}/[^\s/*]+|federated-user/[^\s/*]+)",
    re.ASCII,
)
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role/([^/*]+)(?:/[^/]*)?")
_EVERY_ACCOUNT = re.compile(r"arn:[^:]*(?::[^:]*){0,2}:?\*")
_INTERNAL = "AWS Internal"
_SERVICE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?")


@dataclass(frozen=True)
class Exclusions:
    """Values of members with which an event does not count; a star at the end is a wildcard."""

    patterns_by_field: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def conditions(self) -> Iterator[Condition]:
        """What an event must satisfy to count. An event that lacks the member counts."""
        for name, values in self.patterns_by_field:
            if name != "roles":
                yield _none_of(_FIELDS[name], values)
                continue
            by_name = self.roles_by_name
            by_arn = tuple(value for value in values if value not in by_name)
            if by_name:
                yield _none_of(_FIELDS[name], by_name)
            if by_arn:
                arns = [f"*:role{value}" if value[0] == "/" else value for value in by_arn]
                yield _none_of(_ROLE_ARN, tuple(arns))

    @property
    def roles_by_name(self) -> tuple[str, ...]:
        """Roles that are named alone: that means them on every path and in every account."""
        roles = dict(self.patterns_by_field).get("roles", ())
        return tuple(value for value in roles if not value.startswith(("/", "arn:")))

    def __bool__(self) -> bool:
        return bool(self.patterns_by_field)


def _none_of(member: str, values: tuple[str, ...]) -> Condition:
    subject = pattern.field(member)
    whole = [value for value in values if "*" not in value]
    starred = [value for value in values if "*" in value]
    unequal = [
        Comparison(subject.selector, Operator.NOT_EQUAL, Text(value)) for value in whole + starred
    ]
    return pattern.any_of(subject.missing(), subject.is_null(), pattern.all_of(*unequal))


def exclusions(table: Table, watched: frozenset[str]) -> Exclusions:
    """What ``exclude`` below a table says; ``watched`` are the names of events that are known.

    Raises `trailbell.errors.SettingsError`.
    """
    below = table.table("exclude")
    if below is None:
        return Exclusions()
    values = tuple(
        (name, _checked(below, name, found))
        for name in _FIELDS
        for found in [below.strings(name)]
        if found
    )
    below.reject_unknown_keys()
    for name in below.strings("events") or ():
        _check_name(below, name, watched)
    return Exclusions(values)


_NEAR = 0.9


def _check_name(table: Table, name: str, watched: frozenset[str]) -> None:
    """Refuse what no service calls an event, and a detection nearly does."""
    if name in watched or "*" in name:
        return
    by_case = {each.casefold(): each for each in watched}
    near = difflib.get_close_matches(name.casefold(), by_case, n=1, cutoff=_NEAR)
    if not near:
        return
    models = lazy_import("trailbell.cloudtrail.event_names").BotocoreEventNames()
    if not models.sources_of(name) and not models.is_an_operation(name):
        meant = by_case[near[0]]
        raise table.error(
            "events", f'"{name}"', "no event is called so", known=frozenset({meant}), name=meant
        )


def _checked(table: Table, name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if "*" in value[:-1] or value in ("", "*"):
            expected = "a value, or its start and one star at the end"
            if value.startswith("arn:") and ":role/" in value:
                expected += f'; "/{value.partition(":role/")[2]}" is that role of any account'
            raise table.error(name, f'"{value}"', expected)
        expected = _EXPECTED[name](value)
        if expected:
            raise table.error(name, f'"{value}"', expected)
    return values


# Each says what would be right, or nothing where a record can hold the value.


def _role(value: str) -> str:
    if value.startswith("arn:"):
        session = _SESSION.fullmatch(value)
        if session:
            partition, account, role = session.groups()
            return (
                f'that is a session; the role is "arn:{partition}:iam::{account}:role/{role}", '
                f'or by its name "{role}"'
            )
        if _PRINCIPAL.fullmatch(value):
            return "that is no role; put it under principals"
        return _unless(_starts(value, _ROLE, {"iam": ("role/",)}), _A_ROLE)
    if value.startswith("/"):
        return _unless(re.fullmatch(rf"{_PATH}{_NAME}|/{_VISIBLE}+\*", value, re.ASCII), _A_ROLE)
    if re.fullmatch(_starred(_NAME, value), value, re.ASCII):
        return ""
    name = value.removeprefix("role")
    if re.fullmatch(rf"/?(?:[\w.@-]+/)*{_starred(_NAME, value)}", name, re.ASCII):
        return f'a path starts with a slash: "/{name.removeprefix("/")}"'
    return _A_ROLE


_A_ROLE = (
    'the name of a role, of 64 characters at most ("Deployer"), its path and name '
    '("/ops/Deployer"), or its ARN ("arn:aws:iam::111122223333:role/ops/Deployer")'
)


def _principal(value: str) -> str:
    if _ROLE.fullmatch(value):
        account, name = value.split(":")[4], value.rpartition("/")[2]
        partition = value.split(":")[1]
        return (
            "records hold a session of it: "
            f'"arn:{partition}:sts::{account}:assumed-role/{name}/*"; or put it under roles'
        )
    if _EVERY_ACCOUNT.fullmatch(value):
        return 'too much; name the account at least: "arn:aws:iam::111122223333:*"'
    session = _SESSION.fullmatch(value)
    if session and not value.endswith("*") and not _PRINCIPAL.fullmatch(value):
        return f'the name of the session is missing: "{value.rstrip("/")}/*"'
    kinds = {"iam": ("root", "user/"), "sts": ("assumed-role/", "federated-user/")}
    return _unless(
        _starts(value, _PRINCIPAL, kinds),
        'the ARN of a user or of a role\'s session ("arn:aws:iam::111122223333:user/alice", '
        '"arn:aws:sts::111122223333:assumed-role/Deployer/*")',
    )


def _service(value: str) -> str:
    if _is_service(value):
        return ""
    low = value.lower().removesuffix("*").removesuffix(".amazonaws.com")
    likely = re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", low)
    near = f', did you mean "{low}.amazonaws.com"?' if likely else ""
    return f'the name of a service, like "autoscaling.amazonaws.com"{near}'


def _is_service(value: str) -> bool:
    """Whether ``invokedBy`` can be that; AWS also writes "AWS Internal" there."""
    if value.endswith("*"):
        start = value[:-1]
        return _INTERNAL.startswith(start) or bool(re.fullmatch(r"[a-z0-9][a-z0-9.-]*", start))
    return value == _INTERNAL or bool(_SERVICE.fullmatch(value))


def _address(value: str) -> str:
    if "/" in value:
        return "filter patterns know no address ranges; write a start, like 192.0.2.*"
    if ":" in value and not value.endswith("*") and _is_address(value):
        # Compared as text: RFC 5952, section 4, is how such addresses are written.
        written = str(ipaddress.ip_address(value))
        return "" if value == written else f'records hold "{written}"'
    return _unless(
        _is_address(value) or (_is_service(value) and not re.fullmatch(r"[0-9.]+\*", value)),
        'an address, or its start and a star ("192.0.2.44", "192.0.2.*"); or a service that calls '
        '("cloudformation.amazonaws.com")',
    )


def _is_address(value: str) -> bool:
    """An address of either version; with a star, something with which one can start."""
    if not value.endswith("*"):
        try:
            ipaddress.ip_address(value)
        except ValueError:
            return False
        return "%" not in value
    parts = value[:-1].split(".")
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+){0,3}\.?\*", value):
        return len(parts) <= 4 and all(int(part) <= 255 for part in parts if part)
    return re.fullmatch(r"[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){0,7}\*", value) is not None


def _event(value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9][\w.-]*\*?", value, re.ASCII) and not _SERVICE.fullmatch(value):
        return ""
    _, colon, name = value.partition(":")
    near = f': "{name}"' if colon and re.fullmatch(r"[A-Za-z]\w*\*?", name) else ', like "RunTask"'
    return f"the name of an event, without its service{near}"


_EXPECTED: Mapping[str, Callable[[str], str]] = {
    "roles": _role,
    "principals": _principal,
    "services": _service,
    "addresses": _address,
    "events": _event,
}


def _unless(right: object, expected: str) -> str:
    return "" if right else expected


def _starred(name: str, value: str) -> str:
    return name + r"\*" if value.endswith("*") else name


def _starts(value: str, whole: re.Pattern[str], kinds: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a value is an ARN, or with a star the start of one, of these services and kinds."""
    if not value.endswith("*"):
        return whole.fullmatch(value) is not None
    arn, *given = value[:-1].split(":", 5)
    if arn != "arn" or not given:
        return False
    *full, last = given
    shapes = (r"aws(?:-[a-z]+)*", "|".join(kinds), "", r"[0-9]{12}")
    if not all(re.fullmatch(shape, part) for shape, part in zip(shapes, full, strict=False)):
        return False
    match len(full):
        case 0:
            return "aws".startswith(last) or re.fullmatch("aws[a-z-]*", last) is not None
        case 1:
            return any(service.startswith(last) for service in kinds)
        case 2:
            return last == ""
        case 3:
            return re.fullmatch(r"[0-9]{0,12}", last) is not None
        case _:
            return any(
                kind.startswith(last)
                or (last.startswith(kind) and kind[-1] == "/" and not re.search(r"\s", last))
                for kind in kinds[full[1]]
            )
