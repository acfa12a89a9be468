"""
The forms in which a detection can be deployed, each with its price, and what is lost with it.

In:    what is known of detections, and the `Usage` of an account.
Out:   a `DetectionForms` for each: four prices, and the cheapest.
Never: a form that the detection cannot have, or a recommendation: what is lost is a decision.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trailbell.cost.assumptions import MATCHES_A_MONTH
from trailbell.cost.prices import HOURS_A_MONTH, PRICES
from trailbell.cost.usage import Usage


class Form(StrEnum):
    """How a detection is deployed."""

    DEFAULT_VALUE = "metric with default value"
    ON_MATCH = "metric without default value"
    LOG_ALARM = "log alarm"
    RULE = "rule only"


LOST: Mapping[Form, str] = {
    Form.DEFAULT_VALUE: "nothing: this is the default. The alarm does not say who it was",
    Form.ON_MATCH: (
        "the alarm stays in ALARM longer after a match, 10 to 25 minutes instead of 5 or 10, and "
        "does not notify of others while it does"
    ),
    Form.LOG_ALARM: (
        "up to 5 minutes; the metric and its graph; compliance scanners do not find it. It says "
        "who it was, and notifies of each identity"
    ),
    Form.RULE: (
        "the alarm: no state, no threshold, no promise of a time, and no backstop if a message is "
        "lost; compliance scanners do not find it. Each event is a message"
    ),
}
"""What a form does without."""


@dataclass(frozen=True, kw_only=True)
class DetectionToPrice:
    """A detection, and the forms that it can have.

    ``log_scans`` is how often its log alarm scans each event. ``no_log_alarm`` and ``no_rule`` are
    the reasons why it has no such form; empty if it can. ``now`` is its form as it is deployed.
    """

    id: str
    logical_id: str
    severity: str
    now: Form
    log_scans: Decimal
    no_log_alarm: str = ""
    no_rule: str = ""


@dataclass(frozen=True, kw_only=True)
class DetectionForms:
    """The price of each form of a detection in a month and account, in US dollars.

    A form that it cannot have, or whose price depends on events that are not known, has none;
    ``reasons`` says why.
    """

    id: str
    severity: str
    now: Form
    prices: Mapping[Form, Decimal]
    reasons: Mapping[Form, str]

    @property
    def cheapest_alarm(self) -> Form:
        """The cheapest form with an alarm; of equal ones the one that loses less."""
        alarms = [form for form in self.prices if form is not Form.RULE]
        return min(alarms, key=lambda form: self.prices[form])

    @property
    def cheapest(self) -> Form:
        """The cheapest form of all."""
        return min(self.prices, key=lambda form: self.prices[form])


def forms_of(detection: DetectionToPrice, usage: Usage | None) -> DetectionForms:
    """The forms of a detection, in one account, at list prices without a free tier."""
    reasons = dict(_reasons(detection, usage))
    prices = {form: usd for form, usd in _prices(detection, usage).items() if form not in reasons}
    return DetectionForms(
        id=detection.id,
        severity=detection.severity,
        now=detection.now,
        prices=prices,
        reasons=reasons,
    )


def _reasons(detection: DetectionToPrice, usage: Usage | None) -> Iterator[tuple[Form, str]]:
    if detection.no_log_alarm:
        yield Form.LOG_ALARM, detection.no_log_alarm
    elif usage is None:
        yield Form.LOG_ALARM, "its queries scan events, whose number is not known"
    if detection.no_rule:
        yield Form.RULE, detection.no_rule


def _prices(detection: DetectionToPrice, usage: Usage | None) -> dict[Form, Decimal]:
    name = detection.logical_id
    alarm, metric = PRICES["alarm"].each, PRICES["metric"].each
    hours = matches = Decimal(MATCHES_A_MONTH)
    gigabytes = Decimal(0)
    if usage is not None:
        gigabytes = usage.gigabytes
        if usage.matches is not None and usage.hours is not None:
            hours = usage.hours.get(name, Decimal(0))
            matches = usage.matches.get(name, Decimal(0))
    scanned = gigabytes * detection.log_scans
    return {
        Form.DEFAULT_VALUE: metric + alarm,
        Form.ON_MATCH: metric * hours / HOURS_A_MONTH + alarm,
        Form.LOG_ALARM: PRICES["log_alarm"].each + scanned * PRICES["log_scan"].each,
        Form.RULE: matches * PRICES["email"].each,
    }
