"""``trailbell lint``: which arguments are its own, and which are those of cfn-lint."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests import PROJECT
from trailbell.command.lint import command

_WITH_PROJECT = type(command)(
    "lint",
    params=[*(p for p in command.params if p.name != "project"), click.Option(["--project"])],
)


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


@pytest.mark.parametrize(
    ("given", "project", "passed_on"),
    [
        pytest.param(["--project", "a", "b.yaml"], "a", ("b.yaml",), id="a value of its own"),
        pytest.param(["-I", "--project=a", "b.yaml"], "a", ("-I", "b.yaml"), id="after ="),
        pytest.param(["--", "--project", "a"], None, ("--", "--project", "a"), id="after --"),
    ],
)
def test_an_option_that_every_command_has_is_its_own(
    given: list[str], project: str | None, passed_on: tuple[str, ...]
) -> None:
    context = _WITH_PROJECT.make_context("lint", list(given), resilient_parsing=True)
    values = {"project": project, "arguments": passed_on, "templates_only": False}
    assert context.params == values


def test_an_option_without_its_value_is_an_error() -> None:
    with pytest.raises(click.BadOptionUsage, match="requires an argument"):
        _WITH_PROJECT.make_context("lint", ["a.yaml", "--project"])


def test_a_reader_that_closes_the_pipe_is_no_error(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text("Resources: []\n")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "trailbell", "lint", str(template)],
            cwd=PROJECT,
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "")
