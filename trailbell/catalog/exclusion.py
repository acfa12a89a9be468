"""
Events that do not count: ``exclude`` in ``trailbell.toml``.

In:    a table of settings.
Out:   `Exclusions`, and from them the conditions that an event must satisfy to count.
Never: a value that no record can hold. It would silently exclude nothing.

::

    exclude = {
        roles = ["Deployer", "/ops/Deployer", "arn:aws:iam::111122223333:role/ops/Deployer"],
        principal_arns = ["arn:aws:iam::111122223333:user/alice"],
        services = ["autoscaling.amazonaws.com"],
        source_ips = ["192.0.2.44", "192.0.2.*"],
        events = ["CreateRoute"],
    }

A role name excludes every role with that name, on any path and in any account; ``/ops/Deployer``
excludes those on that path, ``/Deployer`` those without a path; an ARN excludes exactly one role.
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
    "principal_arns": "userIdentity.arn",
    "services": "userIdentity.invokedBy",
    "source_ips": "sourceIPAddress",
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
    """Values of fields with which an event does not count; an asterisk at the end is a wildcard."""

    patterns_by_field: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def conditions(self) -> Iterator[Condition]:
        """The conditions that an event must satisfy to count. An event without the field counts."""
        for name, values in self.patterns_by_field:
            if name != "roles":
                yield equals_none_of(_FIELDS[name], values)
                continue
            by_name = self.roles_by_name
            by_arn = tuple(value for value in values if value not in by_name)
            if by_name:
                yield equals_none_of(_FIELDS[name], by_name)
            if by_arn:
                arns = [f"*:role{value}" if value[0] == "/" else value for value in by_arn]
                yield equals_none_of(_ROLE_ARN, tuple(arns))

    @property
    def roles_by_name(self) -> tuple[str, ...]:
        """Role names alone; they exclude the roles on every path and in every account."""
        roles = dict(self.patterns_by_field).get("roles", ())
        return tuple(value for value in roles if not value.startswith(("/", "arn:")))

    def __bool__(self) -> bool:
        return bool(self.patterns_by_field)


def equals_none_of(field_path: str, values: tuple[str, ...]) -> Condition:
    """The condition that a field has none of these values; an event without it satisfies it."""
    subject = pattern.field(field_path)
    whole = [value for value in values if "*" not in value]
    wildcards = [value for value in values if "*" in value]
    unequal = [
        Comparison(subject.selector, Operator.NOT_EQUAL, Text(value)) for value in whole + wildcards
    ]
    return pattern.any_of(subject.missing(), subject.is_null(), pattern.all_of(*unequal))


def read_exclusions(table: Table, event_names: frozenset[str]) -> Exclusions:
    """Read ``exclude`` below a table. ``event_names`` are those that detections match.

    Raises `trailbell.errors.SettingsError`.
    """
    below = table.table("exclude")
    if below is None:
        return Exclusions()
    values = tuple(
        (key, _validate(below, key, listed))
        for key in _FIELDS
        for listed in [below.strings(key)]
        if listed
    )
    for name in below.strings("events") or ():
        _validate_event_name(below, name, event_names)
    return Exclusions(values)


_MIN_SIMILARITY = 0.9


def _validate_event_name(table: Table, name: str, event_names: frozenset[str]) -> None:
    """Reject a name that no service uses, but that is close to one that a detection matches."""
    if name in event_names or "*" in name:
        return
    by_lower_case = {event_name.casefold(): event_name for event_name in event_names}
    near = difflib.get_close_matches(name.casefold(), by_lower_case, n=1, cutoff=_MIN_SIMILARITY)
    if not near:
        return
    models = lazy_import("trailbell.cloudtrail.event_names").BotocoreEventNames()
    if not models.sources_of(name) and not models.is_an_operation(name):
        intended = by_lower_case[near[0]]
        raise table.error(
            "events", f'unknown event "{name}"', "", known=frozenset({intended}), name=intended
        )


def _validate(table: Table, key: str, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if "*" in value[:-1] or value in ("", "*"):
            hint = "write a value, or its beginning and one asterisk at the end"
            if value.startswith("arn:") and ":role/" in value:
                hint += f'; "/{value.partition(":role/")[2]}" is this role in any account'
        else:
            hint = _VALIDATORS[key](value)
        if hint:
            raise table.error(key, f'invalid value "{value}"', hint)
    return values


# Validators return what to write instead, or an empty text if a record can hold the value.


def _role(value: str) -> str:
    if value.startswith("arn:"):
        session = _SESSION.fullmatch(value)
        if session:
            partition, account, role = session.groups()
            return (
                f'this is a session; write its role "arn:{partition}:iam::{account}:role/{role}", '
                f'or the role name "{role}"'
            )
        if _PRINCIPAL.fullmatch(value):
            return "this is not a role; move it to principal_arns"
        return _unless(_starts(value, _ROLE, {"iam": ("role/",)}), _A_ROLE)
    if value.startswith("/"):
        return _unless(re.fullmatch(rf"{_PATH}{_NAME}|/{_VISIBLE}+\*", value, re.ASCII), _A_ROLE)
    if re.fullmatch(_starred(_NAME, value), value, re.ASCII):
        return ""
    name = value.removeprefix("role")
    if re.fullmatch(rf"/?(?:[\w.@-]+/)*{_starred(_NAME, value)}", name, re.ASCII):
        return f'begin a path with a slash: "/{name.removeprefix("/")}"'
    return _A_ROLE


_A_ROLE = (
    'write the name of a role, at most 64 characters ("Deployer"), its path and name '
    '("/ops/Deployer"), or its ARN ("arn:aws:iam::111122223333:role/ops/Deployer")'
)


def _principal(value: str) -> str:
    if _ROLE.fullmatch(value):
        account, name = value.split(":")[4], value.rpartition("/")[2]
        partition = value.split(":")[1]
        return (
            "records contain sessions of the role: write "
            f'"arn:{partition}:sts::{account}:assumed-role/{name}/*", or move it to roles'
        )
    if _EVERY_ACCOUNT.fullmatch(value):
        return 'this excludes every account; name one: "arn:aws:iam::111122223333:*"'
    session = _SESSION.fullmatch(value)
    if session and not value.endswith("*") and not _PRINCIPAL.fullmatch(value):
        return f'add the session name: "{value.rstrip("/")}/*"'
    kinds = {"iam": ("root", "user/"), "sts": ("assumed-role/", "federated-user/")}
    return _unless(
        _starts(value, _PRINCIPAL, kinds),
        'write the ARN of a user or of a role\'s session ("arn:aws:iam::111122223333:user/alice", '
        '"arn:aws:sts::111122223333:assumed-role/Deployer/*")',
    )


def _service(value: str) -> str:
    if _is_service(value):
        return ""
    low = value.lower().removesuffix("*").removesuffix(".amazonaws.com")
    likely = re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", low)
    if likely:
        return f'write the name of a service; did you mean "{low}.amazonaws.com"?'
    return 'write the name of a service, such as "autoscaling.amazonaws.com"'


def _is_service(value: str) -> bool:
    """Whether ``invokedBy`` can have the value; AWS also writes "AWS Internal" there."""
    if value.endswith("*"):
        start = value[:-1]
        return _INTERNAL.startswith(start) or bool(re.fullmatch(r"[a-z0-9][a-z0-9.-]*", start))
    return value == _INTERNAL or bool(_SERVICE.fullmatch(value))


def validate_address(value: str) -> str:
    """What to write instead of an address, or its beginning, that no record can hold."""
    if "/" in value:
        return (
            "filter patterns do not support address ranges; write the beginning, such as 192.0.2.*"
        )
    if ":" in value and not value.endswith("*") and _is_address(value):
        # Compared as text: RFC 5952, section 4, defines how such addresses are written.
        canonical = str(ipaddress.ip_address(value))
        return "" if value == canonical else f'records contain "{canonical}"'
    return _unless(
        _is_address(value) or (_is_service(value) and not re.fullmatch(r"[0-9.]+\*", value)),
        'write an IP address, or its beginning and an asterisk ("192.0.2.44", "192.0.2.*"), or a '
        "calling service "
        '("cloudformation.amazonaws.com")',
    )


def _is_address(value: str) -> bool:
    """Whether it is an address of either version, or with an asterisk the beginning of one."""
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
    near = (
        f': "{name}"' if colon and re.fullmatch(r"[A-Za-z]\w*\*?", name) else ', such as "RunTask"'
    )
    return f"write the name of an event, without its service{near}"


_VALIDATORS: Mapping[str, Callable[[str], str]] = {
    "roles": _role,
    "principal_arns": _principal,
    "services": _service,
    "source_ips": validate_address,
    "events": _event,
}


def _unless(valid: object, hint: str) -> str:
    return "" if valid else hint


def _starred(name: str, value: str) -> str:
    return name + r"\*" if value.endswith("*") else name


def _starts(value: str, whole: re.Pattern[str], kinds: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a value is an ARN of these services and resource types, or the beginning of one."""
    if not value.endswith("*"):
        return whole.fullmatch(value) is not None
    arn, *parts = value[:-1].split(":", 5)
    if arn != "arn" or not parts:
        return False
    *full, last = parts
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
