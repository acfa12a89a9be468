"""The picture of an e-mail."""

import re
from html import unescape
from xml.etree import ElementTree

from tests.docs.detections import CATALOG
from trailbell.catalog.alarm_text import alarm_description
from trailbell.docs.alert_picture import alert_picture

_DETECTION = CATALOG.detections[0]
_PICTURE = alert_picture(_DETECTION)
_TEXTS = [unescape(text) for text in re.findall(r"<text [^>]*>(.*?)</text>", _PICTURE)]


def test_the_picture_is_xml_that_loads_nothing() -> None:
    root = ElementTree.fromstring(_PICTURE)  # noqa: S314 - our own text
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert (tags, re.findall(r"(?:href|url|@import)\W", _PICTURE)) == (
        {"svg", "title", "style", "rect", "line", "text"},
        [],
    )


def test_the_picture_has_every_word_of_the_alarm_in_its_order() -> None:
    shown, wanted = " ".join(_TEXTS).split(), alarm_description(_DETECTION).split()
    start = shown.index("Description:") + 1
    assert shown[start : start + len(wanted)] == wanted


def test_every_line_fits_into_the_picture() -> None:
    assert [text for text in _TEXTS if len(text) > 104] == []


def test_the_subject_names_state_alarm_and_region() -> None:
    assert _TEXTS[0] == f'ALARM: "security-alerts-{_DETECTION.id}" in US East (N. Virginia)'
