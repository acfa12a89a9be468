"""The picture of a message."""

import re
from html import unescape
from xml.etree import ElementTree

from tests.docs.detections import CATALOG
from trailbell.docs.message_picture import message_picture, pictured_message

_DETECTION = CATALOG.detections[0]
_RECORD = _DETECTION.fires[0].event
_PICTURE = message_picture(_DETECTION, _RECORD)
_TEXTS = [unescape(text) for text in re.findall(r"<text [^>]*>(.*?)</text>", _PICTURE)]


def test_the_picture_is_xml_that_loads_nothing() -> None:
    root = ElementTree.fromstring(_PICTURE)  # noqa: S314 - our own text
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert (tags, re.findall(r"(?:href|url|@import)\W", _PICTURE)) == (
        {"svg", "title", "style", "rect", "line", "text"},
        [],
    )


def test_the_picture_has_every_word_of_the_message_in_its_order() -> None:
    shown = "".join("".join(_TEXTS[3:]).split())
    assert shown == "".join(pictured_message(_DETECTION, _RECORD).split())


def test_every_line_fits_into_the_picture() -> None:
    assert [text for text in _TEXTS if len(text) > 92] == []


def test_the_head_is_that_of_a_message_of_sns() -> None:
    assert _TEXTS[:3] == [
        "AWS Notification Message",
        f"Trailbell {_DETECTION.severity} <no-reply@sns.amazonaws.com>",
        "to you@example.com",
    ]


def test_a_message_without_a_value_for_the_console_is_complete() -> None:
    assert "${" not in pictured_message(_DETECTION, _RECORD)
