"""
What an estimate assumes, and what is not in it, in sentences.

In:    what stacks use.
Out:   the figures with which `trailbell.cost.estimate` computes, and the sentences that say them.
Never: a figure without its sentence.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from trailbell.cost.template_use import TemplateUse
from trailbell.wording import pluralize

MATCHES_A_MONTH = 10
MATCHES = (
    f"assumed: each detection matches in {MATCHES_A_MONTH} hours of a month, once in each of them "
    "(--logs measures it)"
)
ONE_EMAIL = (
    "assumed: one e-mail for each hour in which the detection of an alarm matches, and for each "
    "event that matches a rule"
)
MONTHS_KEPT = 12
KEPT = f"storage is that of month {MONTHS_KEPT}: what is kept longer costs more in each later month"
COMPRESSION = Decimal(8)
FILES_AN_HOUR = 12
DIGESTS_AN_HOUR = 1
QUERIES_A_MONTH = 1
QUERY = "assumed: one query of Athena a month, which scans the log files of a month"


def views(number: int) -> str:
    """The sentence about views of dashboards."""
    return f"assumed: each dashboard is opened or refreshed {pluralize(number, 'time')} a month"


def log_files(regions: Decimal) -> str:
    """The sentence about log files of accounts that use so many Regions."""
    return (
        "assumed: log files have an eighth of the size of their events; in each account, "
        f"CloudTrail writes them in {pluralize(round(regions), 'Region')}, one every "
        f"{60 // FILES_AN_HOUR} minutes, at most one for each event, and one digest file an hour"
    )


_ALWAYS = (
    "data transfer, taxes, support, discounts and credits",
    "the prices of other Regions, which differ",
    "the lower prices of large volumes, such as from 10,000 metrics in a Region on",
    "saved queries that people run",
)


def not_included(uses: Iterable[TemplateUse], *, has_usage: bool) -> Iterator[str]:
    """What is not in the sum, as noun phrases."""
    uses = list(uses)
    if not has_usage:
        yield (
            "everything that depends on events: log group, log files, queries, notifications "
            "(--events-per-month or --logs adds it)"
        )
    elif any(use.alarms for use in uses) and not any(use.log_group_days for use in uses):
        yield "the log group, which another stack or service has, and its events"
    for kind in dict.fromkeys(kind for use in uses for kind in use.events):
        yield f"{kind} that the trail records"
    if any(use.queues for use in uses):
        yield "requests to SQS queues, of which one million a month is free"
    if any(use.archives_files for use in uses):
        yield "moving log files to an archive class, and what their storage there costs less"
    yield from _ALWAYS
