"""
What an organization knows to be its own: accounts, address ranges and instance types.

In:    ``own_accounts``, ``trusted_addresses`` and ``instance_types`` of ``[catalog]``.
Out:   `KnownValues`, and patterns in which these values do not count.
Never: an effect on a detection that does not ask for it, with the placeholder ``${OwnAccountId}``
       or its ``known_values``.

::

    [catalog]
    own_accounts = ["123456789012"]
    trusted_addresses = ["192.0.2.*"]
    instance_types = ["g5.*"]

``${OwnAccountId}`` in a pattern is the account of the deployment. With ``own_accounts``, it is each
of them as well: ``a = "${OwnAccountId}"`` becomes several alternatives, ``a !=
"${OwnAccountId}"`` becomes several clauses that must all be true.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from trailbell.catalog.detection import KNOWN_VALUES
from trailbell.catalog.exclusion import equals_none_of, validate_address
from trailbell.pattern.ast import And, Comparison, Condition, Operator, Or, Text
from trailbell.settings import Table

OWN_ACCOUNT = "${OwnAccountId}"
"""The placeholder for the account of a deployment."""

# https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
_INSTANCE_TYPE = re.compile(r"[a-z][a-z0-9-]*\.(?:[a-z0-9-]+\*?|\*)")
_ACCOUNT = re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class KnownValues:
    """Accounts, and the values of other settings by their names.

    An asterisk at the end of a value is a wildcard.
    """

    own_accounts: tuple[str, ...] = ()
    by_setting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def conditions(self, fields: Mapping[str, tuple[str, ...]]) -> Iterator[Condition]:
        """What an event must satisfy to count, for the fields that hold values of a setting."""
        for setting, paths in fields.items():
            if values := self.by_setting.get(setting):
                for path in paths:
                    yield equals_none_of(path, values)


def read_known_values(table: Table) -> KnownValues:
    """Read the settings in ``[catalog]``. Raises `trailbell.errors.SettingsError`."""
    accounts = table.strings("own_accounts") or ()
    for account in accounts:
        if not _ACCOUNT.fullmatch(account):
            raise table.error(
                "own_accounts", f'invalid value "{account}"', "write the 12 digits of an account ID"
            )
    by_setting = {}
    for setting, validate in zip(
        KNOWN_VALUES, (validate_address, _validate_instance_type), strict=True
    ):
        values = table.strings(setting) or ()
        for value in values:
            if hint := validate(value):
                raise table.error(setting, f'invalid value "{value}"', hint)
        if values:
            by_setting[setting] = values
    return KnownValues(accounts, by_setting)


def _validate_instance_type(value: str) -> str:
    if _INSTANCE_TYPE.fullmatch(value):
        return ""
    return 'write an instance type, or a family and an asterisk ("g5.xlarge", "g5.*")'


def with_own_accounts(condition: Condition, accounts: tuple[str, ...]) -> Condition:
    """The condition with these accounts in addition to that of the deployment."""
    match condition:
        case And(parts):
            return And(tuple(with_own_accounts(part, accounts) for part in parts))
        case Or(parts):
            return Or(tuple(with_own_accounts(part, accounts) for part in parts))
        case Comparison(value=Text(text)) if OWN_ACCOUNT in text:
            texts = (text, *(text.replace(OWN_ACCOUNT, account) for account in accounts))
            parts = tuple(replace(condition, value=Text(each)) for each in texts)
            return Or(parts) if condition.operator is Operator.EQUAL else And(parts)
        case _:
            return condition


def of_any_account(condition: Condition) -> Condition | None:
    """A condition for at least the same events, in which no account is excluded.

    None if all that is required is another account. Used where events of several accounts arrive.
    """
    match condition:
        case And(parts):
            kept = tuple(part for part in map(of_any_account, parts) if part is not None)
            return (kept[0] if len(kept) == 1 else And(kept)) if kept else None
        case Or(parts):
            alternatives = tuple(map(of_any_account, parts))
            if None in alternatives:
                return None
            return Or(tuple(part for part in alternatives if part is not None))
        case Comparison(operator=Operator.NOT_EQUAL, value=Text(text)) if OWN_ACCOUNT in text:
            return None
        case _:
            return condition
