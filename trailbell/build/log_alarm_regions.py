"""
The Regions in which log alarms can be deployed.

In:    the detections that are deployed, and the Regions for which templates are validated.
Out:   one error for all log alarms, if there are Regions without the resource type.
Never: a list of Regions. cfn-lint has the schemas of each.
"""

from trailbell.catalog.detection import Catalog
from trailbell.errors import SettingsError
from trailbell.project.root import FILE
from trailbell.validate.regions import regions_without

_TYPE = "AWS::CloudWatch::LogAlarm"


def check_log_alarm_regions(catalog: Catalog, regions: tuple[str, ...]) -> None:
    """Raise `SettingsError` if a Region does not have log alarms, and the catalog has some."""
    if not any(detection.log_alarm for detection in catalog):
        return
    without = regions_without(_TYPE, regions)
    if without:
        names = ", ".join(without)
        raise SettingsError(
            file=FILE,
            key="catalog.log_alarms",
            problem=f"templates are validated for {names}, where {_TYPE} does not exist",
            hint="name the Regions in which you deploy as [lint] regions, without these",
        )
