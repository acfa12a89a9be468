"""
A picture of the e-mail that a person gets when an alarm goes into ALARM.

In:    a detection.
Out:   an SVG with the text of its alarm, which needs no font, script or file.
Never: text that is not in the notification: the picture is generated, so that it stays true.

The e-mail has the members of the notification as a list, under a subject with the state, the name
of the alarm and the Region:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from trailbell.catalog.alarm_text import alarm_description
from trailbell.catalog.detection import Detection
from trailbell.catalog.placeholders import PLACEHOLDERS, fill_placeholders

_REGION = "US East (N. Virginia)"
_ACCOUNT = "111122223333"
_TIME = "Thursday 26 November, 2026 09:17:41 UTC"
_WIDTH, _LEFT, _TOP = 860, 32, 118
_CHARACTERS, _LINE = 104, 21
_SANS = "-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"
_MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


@dataclass(frozen=True)
class _Line:
    """A line of the e-mail, and how it looks: a class of the style sheet."""

    text: str
    look: str = "text"


def alert_picture(detection: Detection) -> str:
    """The picture of the e-mail for a detection."""
    lines = list(_lines(detection))
    height = _TOP + len(lines) * _LINE + 16
    title = f"E-mail of the alarm {_name(detection)}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"',
            f'     width="{_WIDTH}" height="{height}" role="img" aria-labelledby="title">',
            f'<title id="title">{escape(title)}</title>',
            *_style(),
            *_frame(height),
            *_head(detection),
            *(
                _text(line.text, _LEFT, _TOP + 16 + number * _LINE, line.look)
                for number, line in enumerate(lines)
                if line.text
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
        ".title { font-weight: 600; }",
        f".query {{ font: 12.5px {_MONO}; fill: #0550ae; }}",
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
        _text(f'ALARM: "{_name(detection)}" in {_REGION}', _LEFT, 40, "subject"),
        _text("AWS Notifications <no-reply@sns.amazonaws.com>", _LEFT, 64, "label"),
        _text("to you@example.com", _LEFT, 83, "label"),
    ]


def _lines(detection: Detection) -> Iterator[_Line]:
    yield _Line("Alarm Details:")
    yield _Line(f"- Name: {_name(detection)}")
    yield _Line("- Description:")
    text = fill_placeholders(alarm_description(detection), PLACEHOLDERS)
    before, query_title, query = text.partition("Query (CloudWatch Logs Insights):")
    title, *rest = before.strip().split("\n")
    yield _Line(title, "title")
    for line in [*rest, "", query_title]:
        yield from (_Line(part) for part in textwrap.wrap(line, _CHARACTERS) or [""])
    for line in query.strip().split("\n"):
        parts = textwrap.wrap(line, _CHARACTERS - 4, subsequent_indent="    ")
        yield from (_Line(part, "query") for part in parts)
    yield _Line("- State Change: OK -> ALARM")
    yield _Line(f"- Timestamp: {_TIME}")
    yield _Line(f"- AWS Account: {_ACCOUNT}")


def _name(detection: Detection) -> str:
    return f"{PLACEHOLDERS['AlarmPrefix']}-{detection.id}"


def _text(text: str, x: int, y: int, look: str) -> str:
    return f'<text x="{x}" y="{y}" class="{look}">{escape(text, quote=False)}</text>'
