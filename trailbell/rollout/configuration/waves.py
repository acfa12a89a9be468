"""
The waves of a rollout: which accounts get a change together, and the check before the next wave.

In:    the table ``[rollout.NAME.wave.WAVE]``.
Out:   a `Wave`: its accounts, its `OperationPreferences`, and the `WaveCheck` after it.
Never: an account in two waves. `trailbell.rollout.configuration.config.conflicts` reports it.
"""

from dataclasses import dataclass, field

from trailbell.rollout.configuration.operation_preferences import (
    OperationPreferences,
    read_operation_preferences,
)
from trailbell.settings import Table


@dataclass(frozen=True, kw_only=True)
class WaveCheck:
    """What must hold after a wave: alarms that stay OK for so many minutes, and a command."""

    alarms: tuple[str, ...] = ()
    wait_minutes: int = 0
    command: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.alarms or self.wait_minutes or self.command)


@dataclass(frozen=True, kw_only=True)
class Wave:
    """Accounts and organizational units that get a change together.

    A wave that names neither takes all accounts that no other wave names.
    """

    name: str
    accounts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    operation_preferences: OperationPreferences = field(default_factory=OperationPreferences)
    check: WaveCheck = field(default_factory=WaveCheck)

    @property
    def takes_remaining(self) -> bool:
        """Whether it takes the accounts that no other wave names."""
        return not (self.accounts or self.units)


def read_wave(table: Table, name: str, base: OperationPreferences) -> Wave:
    """Read one wave; ``base`` holds the preferences of the rollout."""
    check_table = table.table("check")
    return Wave(
        name=name,
        accounts=table.strings("accounts") or (),
        units=table.strings("organizational_units") or (),
        operation_preferences=read_operation_preferences(table, base),
        check=WaveCheck() if check_table is None else _read_check(check_table),
    )


def _read_check(table: Table) -> WaveCheck:
    return WaveCheck(
        alarms=table.strings("alarms") or (),
        wait_minutes=table.integer("wait_minutes") or 0,
        command=table.strings("command") or (),
    )
