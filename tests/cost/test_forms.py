"""The price of each form of a detection."""

from dataclasses import replace
from decimal import Decimal

import pytest

from trailbell.cost.forms import LOST, DetectionForms, DetectionToPrice, Form, forms_of
from trailbell.cost.usage import Usage

_ROOT = DetectionToPrice(
    id="root-account-use",
    logical_id="RootAccountUse",
    severity="high",
    now=Form.DEFAULT_VALUE,
    log_scans=Decimal(3),
)
_GB_10 = Usage(events=Decimal(10 * 2**20), bytes_per_event=Decimal(1_024))
_LOUD = replace(
    _GB_10, matches={"RootAccountUse": Decimal(50_000)}, hours={"RootAccountUse": Decimal(730)}
)
_QUIET = replace(_GB_10, matches={}, hours={})


@pytest.mark.parametrize(
    ("detection", "usage", "prices", "cheapest_alarm", "cheapest"),
    [
        pytest.param(
            _ROOT,
            None,
            # without a default value: 0.30 x 10 / 730 + 0.10; the rule: 10 e-mails
            {
                Form.DEFAULT_VALUE: "0.4000",
                Form.ON_MATCH: "0.1041",
                Form.RULE: "0.0002",
            },
            Form.ON_MATCH,
            Form.RULE,
            id="what a log alarm scans is not known without events",
        ),
        pytest.param(
            _ROOT,
            _QUIET,
            # the log alarm: 0.10 + 30 GB x 0.005
            {
                Form.DEFAULT_VALUE: "0.4000",
                Form.ON_MATCH: "0.1000",
                Form.LOG_ALARM: "0.2500",
                Form.RULE: "0.0000",
            },
            Form.ON_MATCH,
            Form.RULE,
            id="a detection that never matched",
        ),
        pytest.param(
            _ROOT,
            _LOUD,
            # in every hour as with a default value; the rule: 50,000 e-mails
            {
                Form.DEFAULT_VALUE: "0.4000",
                Form.ON_MATCH: "0.4000",
                Form.LOG_ALARM: "0.2500",
                Form.RULE: "1.0000",
            },
            Form.LOG_ALARM,
            Form.LOG_ALARM,
            id="a loud detection",
        ),
        pytest.param(
            replace(_ROOT, no_log_alarm="it is verbatim", no_rule="it counts"),
            _LOUD,
            {Form.DEFAULT_VALUE: "0.4000", Form.ON_MATCH: "0.4000"},
            Form.DEFAULT_VALUE,
            Form.DEFAULT_VALUE,
            id="of two equal prices, the form that loses less",
        ),
    ],
)
def test_the_price_of_each_form(
    detection: DetectionToPrice,
    usage: Usage | None,
    prices: dict[Form, str],
    cheapest_alarm: Form,
    cheapest: Form,
) -> None:
    forms = forms_of(detection, usage)
    assert {form: f"{usd:.4f}" for form, usd in forms.prices.items()} == prices
    assert (forms.cheapest_alarm, forms.cheapest) == (cheapest_alarm, cheapest)


@pytest.mark.parametrize(
    ("detection", "usage", "reasons"),
    [
        pytest.param(_ROOT, _GB_10, {}, id="none"),
        pytest.param(
            _ROOT,
            None,
            {Form.LOG_ALARM: "its queries scan events, whose number is not known"},
            id="no events",
        ),
        pytest.param(
            replace(_ROOT, no_log_alarm="a", no_rule="b"),
            None,
            {Form.LOG_ALARM: "a", Form.RULE: "b"},
            id="the reasons of the detection",
        ),
    ],
)
def test_why_a_form_has_no_price(
    detection: DetectionToPrice, usage: Usage | None, reasons: dict[Form, str]
) -> None:
    forms: DetectionForms = forms_of(detection, usage)
    assert (forms.reasons, forms.prices.keys() & reasons.keys()) == (reasons, set())


def test_what_is_lost_is_said_of_each_form() -> None:
    assert [*LOST] == [*Form]
