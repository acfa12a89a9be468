"""
The timeline of the HTML report: a line for each detection, a bar for each day or week.

In:    a `ReplayReport`.
Out:   a section with SVG that is as wide as the page, and says in words what it shows.
Never: more bars than a phone can show. A longer time has wider bars.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt

from trailbell.html_elements import Html, element, html, joined
from trailbell.replay.model import DetectionResult, ReplayReport
from trailbell.replay.report.html_parts import badge
from trailbell.replay.report.words import MASKED, SEVERITIES, moment
from trailbell.wording import pluralize

MAX_LINES = 40
"""Detections with a line of their own."""

_MAX_UNFOLDED = 12
_MAX_BARS = 62
_DAY = timedelta(days=1)
_WEEK = 7
_STEPS = (1, _WEEK, 4 * _WEEK, 13 * _WEEK, 52 * _WEEK)
_LABELS = 4
_HEIGHT = 24
"""Of the largest bar, in pixels; below it is the mark of masked identities."""


@dataclass(frozen=True)
class Buckets:
    """Equal parts of the time, each so many ``days``, which begin at midnight UTC."""

    start: datetime
    days: int
    count: int

    def index(self, seconds: int) -> int:
        """The part in which a time is; the first or the last for a time outside."""
        return min(max((moment(seconds) - self.start) // (_DAY * self.days), 0), self.count - 1)

    def begin(self, index: int) -> datetime:
        """When a part begins."""
        return self.start + _DAY * self.days * index

    def name(self, index: int) -> str:
        """A part in words: a day, or from when it is."""
        first = self.begin(index)
        if self.days == 1:
            return f"{first:%a} {first.date()}"
        return f"{first.date()} to {(first + _DAY * (self.days - 1)).date()}"

    @property
    def unit(self) -> str:
        """What a bar is: ``day``, ``week``, ``4 weeks``."""
        if self.days == 1:
            return "day"
        return "week" if self.days == _WEEK else f"{self.days // _WEEK} weeks"


def buckets(times: Iterable[int]) -> Buckets:
    """Days, or so many weeks from a Monday that there are not too many bars."""
    days = [moment(each).replace(hour=0, minute=0, second=0, microsecond=0) for each in times]
    first, last = min(days), max(days)
    for step in _STEPS:
        start = first if step == 1 else _monday(first)
        count = (last - start) // (_DAY * step) + 1
        if count <= _MAX_BARS:
            return Buckets(start, step, count)
    weeks = -(-((last - _monday(first)).days + 1) // (_MAX_BARS * _WEEK))
    start = _monday(first)
    return Buckets(start, weeks * _WEEK, (last - start) // (_DAY * weeks * _WEEK) + 1)


def _monday(day: datetime) -> datetime:
    return day - _DAY * day.weekday()


@dataclass(frozen=True)
class Line:
    """What a line shows: notifications by severity, and masked identities, by bucket."""

    sent: dict[int, Counter[str]] = field(default_factory=dict)
    masked: dict[int, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, results: Iterable[DetectionResult], parts: Buckets) -> "Line":
        """The line of detections. Identities are masked from the notification until OK."""
        line = cls()
        for result in results:
            for each in result.timeline:
                sent = line.sent.setdefault(parts.index(each.sent), Counter())
                sent[result.detection.severity] += 1
                if each.masked:
                    for index in range(parts.index(each.sent), parts.index(each.until) + 1):
                        line.masked.setdefault(index, set()).update(each.masked)
        return line


def timeline(report: ReplayReport) -> Html:
    """The section. Nothing if no notification is sent."""
    results = [result for result in report.detections if result.timeline]
    if not results:
        return html("")
    sent = [each for result in results for each in result.timeline]
    known = [at for at in (report.first, report.last) if at is not None]
    parts = buckets([*known, *(each.sent for each in sent)])
    lines = [Line.of([result], parts) for result in results]
    most = max(count.total() for line in lines for count in line.sent.values())
    items = [
        _detection_line(result, line, parts, most)
        for result, line in zip(results[:MAX_LINES], lines, strict=False)
    ]
    return element(
        "section",
        element("h2", "Notifications over time", id="timeline"),
        _legend(parts),
        element("p", class_="readout", role="status", hidden=True),
        element("div", element("span"), _axis(parts), class_="line axis"),
        _all_line(Line.of(results, parts), parts, len(sent)),
        element("ul", joined(items[:_MAX_UNFOLDED]), class_="lines"),
        _folded(items[_MAX_UNFOLDED:]),
        _more(len(results) - MAX_LINES),
        aria_labelledby="timeline",
    )


def _legend(parts: Buckets) -> Html:
    keys = [
        element("span", element("i", class_=f"key {each}"), each, class_="entry")
        for each in SEVERITIES
    ]
    masked = element("span", element("i", class_="key masked"), "masked identities", class_="entry")
    unit = f"a {parts.unit}" if parts.days <= _WEEK else parts.unit
    return element(
        "p",
        f"A bar is the notifications of {unit}, in UTC. ",
        joined([*keys, masked], " "),
        f" {MASKED}",
        class_="legend",
    )


def _folded(items: Sequence[Html]) -> Html:
    if not items:
        return html("")
    return element(
        "details",
        element("summary", f"{pluralize(len(items), 'more detection')}", class_="quiet"),
        element("ul", joined(items), class_="lines"),
    )


def _more(count: int) -> Html:
    if count <= 0:
        return html("")
    text = f"and {pluralize(count, 'more detection')} with fewer notifications, in the table below"
    return element("p", text, class_="more")


def _axis(parts: Buckets) -> Html:
    """The dates of a few bars."""
    every = max(1, -(-parts.count // _LABELS))
    pattern = "{0:%b} {0.day}" if parts.days * parts.count < 300 else "{0:%b %Y}"
    labels = [
        element("text", pattern.format(parts.begin(index)), x=_percent(index, parts), y="14")
        for index in range(0, parts.count, every)
        if index == 0 or parts.count - index >= every / 2
    ]
    return _svg("dates", joined(labels))


def _all_line(line: Line, parts: Buckets, total: int) -> Html:
    """All detections in one line, the severities one above the other."""
    most = max(count.total() for count in line.sent.values())
    groups = []
    for index in sorted({*line.sent, *line.masked}):
        count, top, bars = line.sent.get(index, Counter()), 2.0 * _HEIGHT + 2, []
        full = _scaled(count.total(), most, 2 * _HEIGHT)
        for severity in sorted(count, key=_order, reverse=True):
            height = full * count[severity] / count.total()
            top -= height
            bars.append(_rect(severity, index, parts, top, height))
        said = _said(index, parts, line, with_severities=True)
        groups.append(_group(index, parts, said, bars, line, 2 * _HEIGHT + 2))
    label = element("span", element("b", "All detections"), element("b", f"{total:,}"))
    return element(
        "div",
        label,
        _svg("strip tall", joined(groups), _summary("All detections", line, parts)),
        class_="line all",
    )


def _order(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _detection_line(result: DetectionResult, line: Line, parts: Buckets, most: int) -> Html:
    name, severity = result.detection.id, result.detection.severity
    groups = []
    for index in sorted({*line.sent, *line.masked}):
        count = line.sent.get(index, Counter()).total()
        height = _scaled(count, most, _HEIGHT)
        bars = [_rect(severity, index, parts, _HEIGHT + 2 - height, height)] if count else []
        groups.append(_group(index, parts, _said(index, parts, line), bars, line, _HEIGHT + 2))
    label = element(
        "span",
        badge(severity),
        element("a", name, href=f"#d-{name}"),
        element("b", f"{len(result.timeline):,}"),
    )
    return element(
        "li",
        label,
        _svg("strip", joined(groups), _summary(name, line, parts)),
        class_="line",
        data_item=name,
    )


def _scaled(count: int, most: int, height: int) -> float:
    """By the square root, so that a single notification is seen next to hundreds."""
    return max(4.0, height * sqrt(count / most)) if count else 0.0


def _said(index: int, parts: Buckets, line: Line, *, with_severities: bool = False) -> str:
    """A bar in words."""
    count, masked = line.sent.get(index, Counter()), line.masked.get(index, set())
    severities = [f"{count[each]:,} {each}" for each in sorted(count, key=_order)]
    text = f"{parts.name(index)}: {pluralize(count.total(), 'notification')}"
    if severities and with_severities:
        text += f" ({', '.join(severities)})"
    if masked:
        text += f"; {pluralize(len(masked), 'masked identity', 'masked identities')}"
    return text


def _summary(name: str, line: Line, parts: Buckets) -> str:
    """A line in words, for those who do not see it."""
    total = sum(count.total() for count in line.sent.values())
    largest = max(sorted(line.sent), key=lambda index: line.sent[index].total())
    masked = len(set().union(*line.masked.values()))
    text = (
        f"{name}: {pluralize(total, 'notification')} in {len(line.sent)} of {parts.count} bars, "
        f"at most {line.sent[largest].total():,} ({parts.name(largest)})"
    )
    if not masked:
        return text
    return f"{text}; {pluralize(masked, 'masked identity', 'masked identities')}"


def _group(
    index: int, parts: Buckets, said: str, bars: Sequence[Html], line: Line, base: int
) -> Html:
    """The bars of a part, and a column that is easier to point at than they are."""
    marks = [_rect("masked", index, parts, base + 2, 4, full=True)] if index in line.masked else []
    column = _rect("column", index, parts, 0, base + 8, full=True)
    return element("g", element("title", said), column, *bars, *marks)


def _rect(
    kind: str, index: int, parts: Buckets, top: float, height: float, *, full: bool = False
) -> Html:
    """A rectangle in its part of the width; ``full`` joins it with its neighbors."""
    share = 100 / parts.count
    return element(
        "rect",
        class_=kind,
        x=_short(share * (index + (0 if full else 0.1))) + "%",
        width=_short(share * (1 if full else 0.8)) + "%",
        y=_short(top),
        height=_short(height),
    )


def _percent(index: int, parts: Buckets) -> str:
    return _short(100 * index / parts.count) + "%"


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _svg(kind: str, content: Html, label: str = "") -> Html:
    if label:
        return element("svg", content, class_=kind, role="img", aria_label=label)
    return element("svg", content, class_=kind, aria_hidden="true")
