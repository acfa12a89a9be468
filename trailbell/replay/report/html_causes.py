"""
The loudest causes of the HTML report, each with the lines that exclude it.

In:    the causes of a `ReplayReport`.
Out:   a section with a card for each.
Never: lines for what must not be excluded. The reason is in their place.
"""

from collections.abc import Sequence

from trailbell.html_elements import Html, element, html, joined
from trailbell.replay.model import Cause
from trailbell.replay.report.words import CAUSES, in_range
from trailbell.wording import capitalize, pluralize

MAX_CAUSES = 20


def causes_section(causes: Sequence[Cause]) -> Html:
    """The section. Nothing without causes."""
    if not causes:
        return html("")
    more = len(causes) - MAX_CAUSES
    return element(
        "section",
        element("h2", "Loudest causes", id="causes"),
        element(
            "p",
            "What causes most notifications, and the lines of ",
            element("code", "trailbell.toml"),
            " that exclude it. An exclusion also silences an attacker who uses what it names: "
            "read first what else it silences.",
            class_="quiet",
        ),
        element("ol", joined(map(_card, causes[:MAX_CAUSES])), class_="causes"),
        element("p", f"and {more:,} more", class_="more") if more > 0 else None,
        aria_labelledby="causes",
    )


def _card(cause: Cause) -> Html:
    noun = capitalize(CAUSES.get(cause.key, cause.key))
    return element(
        "li",
        element("h3", f"{noun} ", element("code", cause.value)),
        element(
            "p",
            element("a", cause.detection, href=f"#d-{cause.detection}"),
            f": {pluralize(cause.hits, 'hit')}. With the exclusion, ",
            element("b", in_range(cause.with_exclusion)),
            " of ",
            element("b", in_range(cause.notifications)),
            " notifications remain.",
        ),
        _refused(cause) if cause.refused else _lines(cause),
    )


def _refused(cause: Cause) -> Html:
    return element("p", element("b", "Do not exclude it: "), cause.refused, class_="refused")


def _lines(cause: Cause) -> Html:
    also = [element("li", text) for text in cause.also_silences]
    silences = [element("p", "This also silences:"), element("ul", joined(also))] if also else []
    return joined([element("pre", cause.toml.strip("\n"), class_="copy"), *silences])
