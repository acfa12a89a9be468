"""
How fast a wave goes, what stops it, and how long it takes.

In:    the keys of a rollout or of one of its waves.
Out:   a `Wave`: who is in it, its `OperationPreferences`, and the `WaveCheck` after it.
Never: a concurrency that is not what CloudFormation will do. `OperationPreferences.at_once` says
       it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationPreferences.html
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from trailbell.settings import Table

_ALL = 100
_PERCENT = re.compile(r"([0-9]{1,3})%")
_MAX_MINUTES = 24 * 60
SECONDS_A_STACK = 120
"""What one stack takes, for the estimate: a trail, a key and forty alarms in about two minutes."""


class ConcurrencyMode(StrEnum):
    """ConcurrencyMode of the API."""

    STRICT = "STRICT_FAILURE_TOLERANCE"
    SOFT = "SOFT_FAILURE_TOLERANCE"


@dataclass(frozen=True)
class CountOrPercent:
    """A number of accounts in each Region, or a percentage of them."""

    number: int
    percent: bool = False

    def of(self, accounts: int) -> int:
        """Of so many accounts; percentages round down."""
        return accounts * self.number // _ALL if self.percent else self.number

    def __str__(self) -> str:
        return f"{self.number}%" if self.percent else str(self.number)


@dataclass(frozen=True, kw_only=True)
class OperationPreferences:
    """OperationPreferences. The defaults are CloudFormation's own."""

    concurrency: CountOrPercent = CountOrPercent(1)
    failure_tolerance: CountOrPercent = CountOrPercent(0)
    mode: ConcurrencyMode = ConcurrencyMode.STRICT
    regions_at_once: bool = False

    def effective_concurrency(self, accounts: int) -> int:
        """Accounts that run at one time at first: STRICT never starts more than may fail, plus one.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/concurrency-options.html
        """
        wanted = max(1, self.concurrency.of(accounts))
        match self.mode:
            case ConcurrencyMode.STRICT:
                wanted = min(wanted, self.failure_tolerance.of(accounts) + 1)
            case ConcurrencyMode.SOFT:
                pass
        return max(1, min(wanted, accounts))

    def seconds(self, accounts: int, regions: int, a_stack: float = SECONDS_A_STACK) -> float:
        """How long accounts x Regions take if nothing fails."""
        if not accounts:
            return 0.0
        rounds = ceil(accounts / self.effective_concurrency(accounts))
        return rounds * a_stack * (1 if self.regions_at_once else regions)

    def request(self, regions: tuple[str, ...]) -> dict[str, object]:
        """OperationPreferences for these Regions, in their order."""

        def share(name: str, given: CountOrPercent) -> dict[str, object]:
            return {f"{name}{'Percentage' if given.percent else 'Count'}": given.number}

        return {
            "RegionConcurrencyType": "PARALLEL" if self.regions_at_once else "SEQUENTIAL",
            "RegionOrder": list(regions),
            "ConcurrencyMode": self.mode.value,
            **share("MaxConcurrent", self.concurrency),
            **share("FailureTolerance", self.failure_tolerance),
        }


@dataclass(frozen=True, kw_only=True)
class WaveCheck:
    """What must hold after a wave: alarms that do not ring for so many minutes, a command."""

    alarms: tuple[str, ...] = ()
    minutes: int = 0
    command: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.alarms or self.minutes or self.command)


@dataclass(frozen=True, kw_only=True)
class Wave:
    """Accounts and organizational units that go together; without either, all the others."""

    name: str
    accounts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    operation_preferences: OperationPreferences = OperationPreferences()
    check: WaveCheck = WaveCheck()

    @property
    def rest(self) -> bool:
        """Whether it takes whoever is in no other wave."""
        return not (self.accounts or self.units)


def pacing(table: Table, base: OperationPreferences) -> OperationPreferences:
    """The keys of a table on top of those around it. Raises `SettingsError`."""
    mode = table.choice("concurrency_mode", frozenset({"strict", "soft"}))
    at_once = table.boolean("regions_at_once")
    concurrency = _share(table, "max_concurrent", least=1)
    tolerance = _share(table, "failure_tolerance", least=0)
    return OperationPreferences(
        concurrency=base.concurrency if concurrency is None else concurrency,
        failure_tolerance=base.failure_tolerance if tolerance is None else tolerance,
        mode=base.mode if mode is None else ConcurrencyMode[mode.upper()],
        regions_at_once=base.regions_at_once if at_once is None else at_once,
    )


def _share(table: Table, key: str, *, least: int) -> CountOrPercent | None:
    expected = f'a number of accounts from {least}, or a percentage like "10%"'
    match table.raw(key):
        case None:
            return None
        case int(number) if not isinstance(number, bool) and number >= least:
            return CountOrPercent(number)
        case str(text) if (found := _PERCENT.fullmatch(text)) and least <= int(found[1]) <= _ALL:
            return CountOrPercent(int(found[1]), percent=True)
        case other:
            raise table.error(key, str(other), expected)


def wave(table: Table, name: str, base: OperationPreferences) -> Wave:
    """One wave of a rollout. Raises `SettingsError`."""
    below = table.table("check")
    found = Wave(
        name=name,
        accounts=table.strings("accounts") or (),
        units=table.strings("organizational_units") or (),
        operation_preferences=pacing(table, base),
        check=WaveCheck() if below is None else _check(below),
    )
    table.reject_unknown_keys()
    return found


def _check(table: Table) -> WaveCheck:
    minutes = table.integer("minutes") or 0
    if not 0 <= minutes <= _MAX_MINUTES:
        raise table.error("minutes", str(minutes), f"0 to {_MAX_MINUTES}")
    command = table.strings("command")
    if command is not None and not command:
        raise table.error("command", "empty", 'a program and its words: ["./check.sh", "canary"]')
    found = WaveCheck(alarms=table.strings("alarms") or (), minutes=minutes, command=command or ())
    table.reject_unknown_keys()
    return found
