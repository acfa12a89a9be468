"""One value is added to ``trailbell.toml``, and nothing else in the file changes."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.replay.tuning.toml_layouts import IDS, layouts
from trailbell import settings
from trailbell.errors import SettingsError
from trailbell.replay.tuning.settings_edit import with_exclusion, with_threshold
from trailbell.replay.tuning.toml_statements import statements_of

_KEYS = ("roles", "principal_arns", "services", "source_ips", "events")
_FORMER = {"principal_arns": "principals", "source_ips": "addresses"}


def _catalog(values: dict[str, Any]) -> dict[str, Any]:
    name = "catalogue" if "catalogue" in values else "catalog"
    catalog: dict[str, Any] = values.setdefault(name, {})
    return catalog


def _with_exclusion(text: str, detection: str, key: str, value: str) -> dict[str, Any]:
    """What the settings must be, by their values alone."""
    values = tomllib.loads(text)
    exclude = _catalog(values).setdefault("detection", {}).setdefault(detection, {})
    exclude = exclude.setdefault("exclude", {})
    former = _FORMER.get(key, key)
    listed = exclude.setdefault(former if former in exclude else key, [])
    if value not in listed:
        listed.append(value)
    return values


@given(
    text=layouts(),
    detection=st.sampled_from((*IDS, "other")),
    key=st.sampled_from(_KEYS),
    value=st.sampled_from(("Deployer", "198.51.100.*", 'a"b\\', "é #]\x7f")),
)
def test_an_exclusion_is_the_only_value_that_is_added(
    text: str, detection: str, key: str, value: str
) -> None:
    edited = with_exclusion(text, detection, key, value)
    assert tomllib.loads(edited) == _with_exclusion(text, detection, key, value)
    assert with_exclusion(edited, detection, key, value) == edited
    settings.parse(edited)


@given(
    text=layouts(),
    detection=st.sampled_from((*IDS, "other")),
    threshold=st.sampled_from((1, 3, 20)),
    period=st.sampled_from((300, 3600)),
)
def test_a_threshold_and_its_period_are_the_only_values_that_change(
    text: str, detection: str, threshold: int, period: int
) -> None:
    edited = with_threshold(text, detection, threshold, period)
    expected = tomllib.loads(text)
    tuned = _catalog(expected).setdefault("detection", {}).setdefault(detection, {})
    tuned |= {"threshold": threshold, "period": period}
    assert tomllib.loads(edited) == expected
    assert with_threshold(edited, detection, threshold, period) == edited
    settings.parse(edited)


@given(text=layouts(), detection=st.sampled_from(IDS), key=st.sampled_from(_KEYS))
def test_statements_without_the_value_stay_byte_for_byte(
    text: str, detection: str, key: str
) -> None:
    before = [s.text.rstrip("\r\n") for s in statements_of(text)]
    after = [
        s.text.rstrip("\r\n") for s in statements_of(with_exclusion(text, detection, key, "x"))
    ]
    changed = [each for each in before if each not in after]
    assert len(changed) <= 1
    kept = iter(after)
    assert all(each in kept for each in before if each not in changed)
    assert with_exclusion(text, detection, key, "x").count("\r\n") in (
        0 if "\r\n" not in text else with_exclusion(text, detection, key, "x").count("\n"),
    )


@given(text=layouts())
def test_the_texts_of_statements_are_the_file(text: str) -> None:
    assert "".join(statement.text for statement in statements_of(text)) == text


_EXACT = [
    pytest.param(
        "[catalog.detection.a]\nexclude = { roles = ['Deployer'] }\n",
        "[catalog.detection.a]\nexclude = { roles = ['Deployer'] }\n",
        id="a value that is there changes nothing",
    ),
    pytest.param(
        "",
        '[catalog.detection.a]\nexclude = { roles = ["Deployer"] }\n',
        id="an empty file gets the table",
    ),
    pytest.param(
        "# Nothing yet.",
        '# Nothing yet.\n\n[catalog.detection.a]\nexclude = { roles = ["Deployer"] }',
        id="a file without a final line break gets none",
    ),
    pytest.param(
        '[catalog.detection.a]\nexclude = { roles = ["x"] } # c\n\n[lint]\n',
        '[catalog.detection.a]\nexclude = { roles = ["x", "Deployer"] } # c\n\n[lint]\n',
        id="a list in an inline table, with its comment",
    ),
    pytest.param(
        "[catalog.detection.a]\nexclude = {events = ['x']}\n",
        "[catalog.detection.a]\nexclude = {events = ['x'], roles = [\"Deployer\"]}\n",
        id="a key in an inline table, whose quotes stay",
    ),
    pytest.param(
        '[catalog.detection.a.exclude]\nroles = [\n  "x", # why\n  "y" # too\n]\n\n# The end.\n',
        '[catalog.detection.a.exclude]\nroles = [\n  "x", # why\n  "y", # too\n  "Deployer"\n]\n\n'
        "# The end.\n",
        id="a list on several lines, with its comments and indentation",
    ),
    pytest.param(
        '[catalog.detection.a.exclude]\nevents = ["x"]\n# below\n\n# about b\n'
        "[catalog.detection.b]\nthreshold = 3\n",
        '[catalog.detection.a.exclude]\nevents = ["x"]\n# below\nroles = ["Deployer"]\n\n'
        "# about b\n[catalog.detection.b]\nthreshold = 3\n",
        id="a table of its own, before what belongs to the next one",
    ),
    pytest.param(
        "[catalog.detection.a]\n  # slow\n  threshold = 3\n[lint]\n",
        '[catalog.detection.a]\n  # slow\n  threshold = 3\n  exclude = { roles = ["Deployer"] }\n'
        "[lint]\n",
        id="a table without exclusions, with its indentation",
    ),
    pytest.param(
        "[catalog.detection.a]\nexclude.events = ['x']\nthreshold = 3\n",
        "[catalog.detection.a]\nexclude.events = ['x']\nexclude.roles = [\"Deployer\"]\n"
        "threshold = 3\n",
        id="dotted keys, in the same style",
    ),
    pytest.param(
        "[catalog.detection.a]\nexclude.events = ['x']\n# often\nthreshold = 3\n",
        "[catalog.detection.a]\nexclude.events = ['x']\nexclude.roles = [\"Deployer\"]\n# often\n"
        "threshold = 3\n",
        id="dotted keys, above the comment on the next one",
    ),
    pytest.param(
        "[catalog.detection.a]\nthreshold = 3\n# about b\n[catalog.detection.b]\nthreshold = 3\n",
        '[catalog.detection.a]\nthreshold = 3\nexclude = { roles = ["Deployer"] }\n# about b\n'
        "[catalog.detection.b]\nthreshold = 3\n",
        id="a table, above the comment on the next one",
    ),
    pytest.param(
        "[catalogue]\r\npacks = ['cis']\r\n\r\n[lint]\r\n",
        "[catalogue]\r\npacks = ['cis']\r\n\r\n[catalogue.detection.a]\r\n"
        'exclude = { roles = ["Deployer"] }\r\n\r\n[lint]\r\n',
        id="the former name of the table, and the line breaks of Windows",
    ),
    pytest.param(
        "[catalog.detection.c]\nthreshold = 3\n# of c\n\n# of lint\n[lint]\n",
        "[catalog.detection.c]\nthreshold = 3\n# of c\n\n[catalog.detection.a]\n"
        'exclude = { roles = ["Deployer"] }\n\n# of lint\n[lint]\n',
        id="a table below those of other detections",
    ),
    pytest.param(
        "catalog = { packs = ['cis'] }\n",
        "catalog = { packs = ['cis'], detection = "
        '{ a = { exclude = { roles = ["Deployer"] } } } }\n',
        id="an inline catalog",
    ),
]


@pytest.mark.parametrize(("text", "expected"), _EXACT)
def test_where_an_exclusion_is_written(text: str, expected: str) -> None:
    assert with_exclusion(text, "a", "roles", "Deployer") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "[catalog.detection.a]\nthreshold = 5\nperiod = 600\n",
            "[catalog.detection.a]\nthreshold = 5\nperiod = 600\n",
            id="the same values change nothing",
        ),
        pytest.param(
            "[catalog.detection.a]\nperiod=300 # short\n\n[lint]\n",
            "[catalog.detection.a]\nperiod=600 # short\nthreshold = 5\n\n[lint]\n",
            id="a value is replaced, and its comment stays",
        ),
        pytest.param(
            "[catalog]\ndetection.a.threshold = 3\n",
            "[catalog]\ndetection.a.threshold = 5\ndetection.a.period = 600\n",
            id="dotted keys, in the same style",
        ),
        pytest.param(
            "[catalog.detection.a.exclude]\nroles = ['x']\n",
            "[catalog.detection.a.exclude]\nroles = ['x']\n\n"
            "[catalog.detection.a]\nthreshold = 5\nperiod = 600\n",
            id="the table of the detection follows the one below it",
        ),
    ],
)
def test_where_a_threshold_is_written(text: str, expected: str) -> None:
    assert with_threshold(text, "a", 5, 600) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[catalog", "not TOML: ", id="no TOML"),
        pytest.param("[catalgo]", 'catalgo: unknown key; did you mean "catalog"?', id="no setting"),
        pytest.param(
            "[catalog.detection]\na = 3",
            "catalog.detection.a: invalid value 3; write a table",
            id="no table",
        ),
    ],
)
def test_settings_that_cannot_be_used_are_not_edited(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        with_exclusion(text, "a", "roles", "Deployer", file="my.toml")
    assert str(raised.value).startswith(f"my.toml: {message}")


def test_a_value_that_the_settings_refuse_is_not_written() -> None:
    with pytest.raises(SettingsError) as raised:
        with_threshold("", "a", 5, 61)
    assert str(raised.value) == (
        "trailbell.toml: catalog.detection.a.period: invalid value 61; write 10, 20, 30 or a "
        "multiple of 60 seconds, at most 86400, which is one day"
    )
