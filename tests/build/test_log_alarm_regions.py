"""The Regions in which log alarms can be deployed."""

import pytest

from tests import PROJECT
from tests.catalog.test_selection import KEYS
from trailbell.build.log_alarm_regions import check_log_alarm_regions
from trailbell.catalog.detection import Catalog
from trailbell.errors import SettingsError
from trailbell.validate.regions import known_regions, regions_without

_WITH = Catalog((KEYS.with_changes(log_alarm=True),))


def test_a_region_without_log_alarms_is_refused_once() -> None:
    with pytest.raises(SettingsError) as error:
        check_log_alarm_regions(_WITH, ("us-east-1", "cn-north-1", "us-gov-west-1"))
    assert str(error.value) == (
        "trailbell.toml: catalog.log_alarms: templates are validated for cn-north-1, "
        "us-gov-west-1, where AWS::CloudWatch::LogAlarm does not exist; name the Regions in which "
        "you deploy as [lint] regions, without these"
    )


def test_the_page_names_the_regions_without_log_alarms() -> None:
    without = regions_without("AWS::CloudWatch::LogAlarm", known_regions())
    page = (PROJECT / "docs" / "how-to" / "log-alarms.md").read_text("utf-8")
    assert [name for name in without if f"`{name}`" not in page] == []


@pytest.mark.parametrize(
    ("catalog", "regions"),
    [
        pytest.param(Catalog((KEYS,)), ("cn-north-1",), id="no detection has one"),
        pytest.param(_WITH, ("us-east-1", "eu-central-1"), id="the Regions have them"),
        pytest.param(_WITH, ("me-south-1",), id="cfn-lint has no schemas of the Region"),
    ],
)
def test_accepted(catalog: Catalog, regions: tuple[str, ...]) -> None:
    check_log_alarm_regions(catalog, regions)
