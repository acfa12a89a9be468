"""``[lint]`` in ``trailbell.toml``."""

import pytest

from trailbell.errors import SettingsError, UnknownNameError
from trailbell.settings import Table, parse
from trailbell.validate.lint_settings import LintSettings, lint_settings
from trailbell.validate.regions import DEFAULT


def _settings(text: str) -> Table:
    return parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            'lint.regions = ["eu-centrl-1"]',
            'trailbell.toml: lint.regions: unknown Region "eu-centrl-1"; did '
            'you mean "eu-central-1"?',
            id="a Region that is not",
        ),
        pytest.param(
            "lint.regions = []",
            "trailbell.toml: lint.regions: is empty; name at least one Region, or remove the key",
            id="no Region",
        ),
        pytest.param(
            'lint.ignor = "W2001"',
            'trailbell.toml: lint.ignor: unknown key; did you mean "ignore"?',
            id="a key that is not",
        ),
        pytest.param(
            'lint.ignore = ["W2001"]',
            "trailbell.toml: lint.ignore: invalid value a list; write a table",
            id="a list of rules, without reasons",
        ),
        pytest.param(
            'lint.ignore.W2001 = " "',
            "trailbell.toml: lint.ignore.W2001: has no reason; say why its findings are acceptable",
            id="a reason that says nothing",
        ),
        pytest.param(
            'lint.ignore.W2 = "no"',
            "trailbell.toml: lint.ignore.W2: not the id of a rule; write an id such as W2001",
            id="a family of rules",
        ),
        pytest.param(
            'lint.ignore.T0009 = "no"',
            "trailbell.toml: lint.ignore.T0009: not the id of a rule; write an id such as W2001",
            id="a finding that the build does not have",
        ),
        pytest.param(
            'lint.ignore.T0002 = "no"',
            "trailbell.toml: lint.ignore.T0002: cannot be ignored; fix what the"
            " rule finds; it cannot be deployed",
            id="a quota that cannot be raised",
        ),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as error:
        lint_settings(_settings(text))
    assert str(error.value) == message


def test_a_region_on_the_command_line_that_is_not() -> None:
    with pytest.raises(UnknownNameError):
        lint_settings(_settings(""), ["eu-centrl-1"])


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        pytest.param("", (), LintSettings(DEFAULT), id="nothing"),
        pytest.param(
            'lint.regions = ["eu-west-1"]',
            (),
            LintSettings(("eu-west-1",), usual=("eu-west-1",)),
            id="a Region",
        ),
        pytest.param(
            'lint.regions = ["eu-west-1"]',
            ("eu-west-2",),
            LintSettings(("eu-west-2",), usual=("eu-west-1",)),
            id="the command line comes first",
        ),
        pytest.param(
            'lint.ignore.W2001 = "read by a macro"',
            (),
            LintSettings(DEFAULT, {"W2001": "read by a macro"}),
            id="a rule, with the reason",
        ),
    ],
)
def test_what_is_read(text: str, wanted: tuple[str, ...], expected: LintSettings) -> None:
    assert lint_settings(_settings(text), wanted) == expected
