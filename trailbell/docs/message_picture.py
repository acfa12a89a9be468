"""
A picture of the e-mail that a person gets within seconds of a call.

In:    a detection, and the CloudTrail record of the call.
Out:   an SVG with the message of the detection's rule, which needs no font, script or file.
Never: text that is not in the message: the picture is generated, so that it stays true.

The message is what EventBridge delivers by its documented rules. SNS sends messages of rules with
one subject for all, from the display name of the topic.
"""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from trailbell.catalog.detection import Detection
from trailbell.catalog.event_message import CONSOLE_DOMAIN, bus_event, text_message
from trailbell.catalog.placeholders import PLACEHOLDERS, fill_placeholders
from trailbell.event_pattern.input_transformer import render
from trailbell.template.partitions import CONSOLE_DOMAINS

_WIDTH, _LEFT, _TOP = 860, 32, 118
_CHARACTERS, _LINE = 92, 22
_SANS = "-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"
_MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


@dataclass(frozen=True)
class _Line:
    """A line of the e-mail, and how it looks: a class of the style sheet."""

    text: str
    look: str = "text"


def pictured_message(detection: Detection, record: Mapping[str, Any]) -> str:
    """The message of a detection for a record, in the partition ``aws``."""
    message = render(text_message(detection), bus_event(record))
    filled = fill_placeholders(message, PLACEHOLDERS)
    return filled.replace(CONSOLE_DOMAIN, CONSOLE_DOMAINS["aws"])


def message_picture(detection: Detection, record: Mapping[str, Any]) -> str:
    """The picture of the e-mail for a record."""
    lines = list(_lines(pictured_message(detection, record)))
    height = _TOP + len(lines) * _LINE + 18
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"',
            f'     width="{_WIDTH}" height="{height}" role="img" aria-labelledby="title">',
            f'<title id="title">{escape(f"Message of the detection {detection.id}")}</title>',
            *_style(),
            *_frame(height),
            *_head(detection),
            *(
                _text(line.text, _LEFT, _TOP + 18 + number * _LINE, line.look)
                for number, line in enumerate(lines)
            ),
            "</svg>\n",
        ]
    )


def _style() -> list[str]:
    return [
        "<style>",
        f"text {{ font: 14px {_SANS}; fill: #1f2328; white-space: pre; }}",
        ".subject { font-size: 18px; font-weight: 600; }",
        ".label { fill: #59636e; }",
        f".first, .text, .caller {{ font: 13px {_MONO}; }}",
        ".first { font-weight: 700; fill: #b3201a; }",
        ".caller { fill: #59636e; }",
        "</style>",
    ]


def _frame(height: int) -> list[str]:
    """A card with a background of its own, for pages of any color."""
    return [
        f'<rect x="1" y="1" width="{_WIDTH - 2}" height="{height - 2}" rx="10"',
        '      fill="#ffffff" stroke="#c8ced5" stroke-width="1.5"/>',
        f'<rect x="1" y="1" width="6" height="{height - 2}" rx="3" fill="#cf222e"/>',
        f'<line x1="{_LEFT}" y1="96" x2="{_WIDTH - _LEFT}" y2="96" stroke="#d1d9e0"/>',
    ]


def _head(detection: Detection) -> list[str]:
    return [
        _text("AWS Notification Message", _LEFT, 40, "subject"),
        _text(f"Trailbell {detection.severity} <no-reply@sns.amazonaws.com>", _LEFT, 64, "label"),
        _text("to you@example.com", _LEFT, 83, "label"),
    ]


def _lines(message: str) -> Iterator[_Line]:
    """The lines of the message. Those after the warning about the caller's texts are quiet."""
    look = "first"
    for line in message.split("\n"):
        parts = textwrap.wrap(line, _CHARACTERS, subsequent_indent="  ", break_on_hyphens=False)
        yield from (_Line(part, look) for part in parts or [""])
        look = "caller" if look == "caller" or line.startswith('"The next lines') else "text"


def _text(text: str, x: int, y: int, look: str) -> str:
    return f'<text x="{x}" y="{y}" class="{look}">{escape(text, quote=False)}</text>'
