"""``trailbell lint``: which arguments are its own, and which are those of cfn-lint."""

import click
import pytest

from trailbell.command.lint import command


@pytest.mark.parametrize(
    ("given", "templates_only", "passed_on"),
    [
        pytest.param([], False, (), id="nothing"),
        pytest.param(["a.yaml"], False, ("a.yaml",), id="a template"),
        pytest.param(
            ["-i", "W1", "--", "a.yaml"], False, ("-i", "W1", "--", "a.yaml"), id="the mark --"
        ),
        pytest.param(["-t", "a.yaml", "-I"], False, ("-t", "a.yaml", "-I"), id="short options"),
        pytest.param(
            ["-i", "W1", "--templates-only", "--", "a"],
            True,
            ("-i", "W1", "--", "a"),
            id="an own option between those of cfn-lint",
        ),
        pytest.param(
            ["--", "--templates-only"],
            False,
            ("--", "--templates-only"),
            id="a file with the name of an option",
        ),
    ],
)
def test_other_arguments_are_passed_on_as_they_are(
    given: list[str], passed_on: tuple[str, ...], *, templates_only: bool
) -> None:
    context = command.make_context("lint", list(given), resilient_parsing=True)
    assert context.params == {"arguments": passed_on, "templates_only": templates_only}


def test_help_is_that_of_trailbell(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.exceptions.Exit):
        command.make_context("lint", ["--help"])
    assert capsys.readouterr().out.startswith("Usage: lint [OPTIONS] [OPTIONS OF CFN-LINT]")
