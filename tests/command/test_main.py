"""``build.py``: help, version, and the words before a command."""

from collections.abc import Iterator

import click
import pytest

import build
from tests.command.conftest import Project
from trailbell import __version__


def test_the_version(pristine: Project) -> None:
    done = pristine.run("--version")
    assert (done.code, done.out, done.err) == (0, f"trailbell, version {__version__}\n", "")


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_every_command(option: str, pristine: Project) -> None:
    done = pristine.run(option)
    lines = done.out.splitlines()
    commands = [line.split()[0] for line in lines[lines.index("Commands:") + 1 :]]
    assert (done.code, done.err, {"build", "check", "list"} <= set(commands)) == (0, "", True)


def test_every_command_that_help_names_has_help_of_its_own(pristine: Project) -> None:
    lines = pristine.run("--help").out.splitlines()
    commands = [line.split()[0] for line in lines[lines.index("Commands:") + 1 :]]
    for command in commands:
        done = pristine.run(command, "--help")
        assert (done.code, done.err) == (0, ""), command
        assert done.out.startswith(f"Usage: build.py {command}")


def _options(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    """Every option of a command and those below it, and its help."""
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield f"{path} {parameter.opts[0]}", (parameter.help or "").strip()
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _options(found, f"{path} {name}")


def test_every_option_says_what_it_does() -> None:
    assert [option for option, told in _options(build.cli, "build.py") if not told] == []


def test_options_alone_are_those_of_build(pristine: Project) -> None:
    done = pristine.run("--region", "nowhere")
    assert (done.code, done.out, done.err.split(";")[0]) == (
        2,
        "",
        'error: unknown Region "nowhere"',
    )


def test_an_interrupt_is_one_word(project: Project) -> None:
    project.write("stacks/mine.py", "raise KeyboardInterrupt\n")
    done = project.run()
    assert (done.code, done.err.strip()) == (130, "interrupted")
