"""``build.py``: help, version, and the words before a command."""

import pytest

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


def test_options_alone_are_those_of_build(pristine: Project) -> None:
    done = pristine.run("--region", "nowhere")
    assert (done.code, done.out, done.err.split(";")[0]) == (
        2,
        "",
        "error: no Region is called 'nowhere'",
    )


def test_an_interrupt_is_one_word(project: Project) -> None:
    project.write("stacks/mine.py", "raise KeyboardInterrupt\n")
    done = project.run()
    assert (done.code, done.err.strip()) == (130, "stopped")
