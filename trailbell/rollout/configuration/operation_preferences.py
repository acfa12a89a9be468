"""
How many accounts StackSets works on at a time, how many may fail, and how long that takes.

In:    the keys of a rollout or of one of its waves.
Out:   `OperationPreferences`, and the members of a request that they become.
Never: a concurrency that CloudFormation will not use. `OperationPreferences.effective_concurrency`
       computes the one that it will.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationPreferences.html
"""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from trailbell.settings import Table

_ALL = 100
SECONDS_A_STACK = 120
"""Estimated seconds for one stack: a trail, a key and forty alarms take about two minutes."""


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
        """The number of accounts, out of so many. Percentages are rounded down."""
        return accounts * self.number // _ALL if self.percent else self.number

    def __str__(self) -> str:
        return f"{self.number}%" if self.percent else str(self.number)


@dataclass(frozen=True, kw_only=True)
class OperationPreferences:
    """OperationPreferences of the API, with CloudFormation's own defaults."""

    concurrency: CountOrPercent = CountOrPercent(1)
    failure_tolerance: CountOrPercent = CountOrPercent(0)
    mode: ConcurrencyMode = ConcurrencyMode.STRICT
    parallel_regions: bool = False

    def effective_concurrency(self, accounts: int) -> int:
        """The number of accounts that run at first: STRICT never starts more than may fail, plus 1.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/concurrency-options.html
        """
        concurrency = max(1, self.concurrency.of(accounts))
        match self.mode:
            case ConcurrencyMode.STRICT:
                concurrency = min(concurrency, self.failure_tolerance.of(accounts) + 1)
            case ConcurrencyMode.SOFT:
                pass
        return max(1, min(concurrency, accounts))

    def seconds(self, accounts: int, regions: int, a_stack: float = SECONDS_A_STACK) -> float:
        """Estimate how long accounts x Regions take if nothing fails."""
        if not accounts:
            return 0.0
        rounds = ceil(accounts / self.effective_concurrency(accounts))
        return rounds * a_stack * (1 if self.parallel_regions else regions)

    def request(self, regions: tuple[str, ...]) -> dict[str, object]:
        """OperationPreferences of a request for these Regions, in their order, if it names any."""

        def member(name: str, value: CountOrPercent) -> dict[str, object]:
            return {f"{name}{'Percentage' if value.percent else 'Count'}": value.number}

        return {
            "RegionConcurrencyType": "PARALLEL" if self.parallel_regions else "SEQUENTIAL",
            **({"RegionOrder": list(regions)} if regions else {}),
            "ConcurrencyMode": self.mode.value,
            **member("MaxConcurrent", self.concurrency),
            **member("FailureTolerance", self.failure_tolerance),
        }


def read_operation_preferences(table: Table, base: OperationPreferences) -> OperationPreferences:
    """Read the preferences in a table; keys that it lacks are as in ``base``.

    Raises `SettingsError`.
    """
    mode = table.string("concurrency_mode")
    parallel = _parallel_regions(table)
    concurrency = _count_or_percent(table.raw("max_concurrent"))
    tolerance = _count_or_percent(table.raw("failure_tolerance"))
    return OperationPreferences(
        concurrency=base.concurrency if concurrency is None else concurrency,
        failure_tolerance=base.failure_tolerance if tolerance is None else tolerance,
        mode=base.mode if mode is None else ConcurrencyMode[mode.upper()],
        parallel_regions=base.parallel_regions if parallel is None else parallel,
    )


def _parallel_regions(table: Table) -> bool | None:
    """RegionConcurrencyType; the value of its former key was a Boolean."""
    match table.raw("region_concurrency"):
        case None:
            return None
        case value:
            return value in ("parallel", True)


def _count_or_percent(value: int | str | None) -> CountOrPercent | None:
    match value:
        case str():
            return CountOrPercent(int(value.removesuffix("%")), percent=True)
        case int():
            return CountOrPercent(value)
        case None:
            return None
