"""The command line: help, version, and the words before a command."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

import build
from tests.command.conftest import Project
from trailbell import __version__


def test_the_version(pristine: Project) -> None:
    done = pristine.run("--version")
    assert (done.code, done.out, done.err) == (0, f"trailbell, version {__version__}\n", "")


def _listed(text: str) -> list[str]:
    """The commands that a help text lists."""
    section = text.split("Commands:\n")[1].split("\n\n")[0]
    return re.findall(r"^  (\w+) ", section, re.MULTILINE)


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_every_command(option: str, pristine: Project) -> None:
    done = pristine.run(option)
    commands = _listed(done.out)
    assert (done.code, done.err, {"build", "check", "list"} <= set(commands)) == (0, "", True)


@pytest.mark.slow
def test_every_command_that_help_names_has_help_of_its_own(pristine: Project) -> None:
    for command in _listed(pristine.run("--help").out):
        done = pristine.run(command, "--help")
        assert (done.code, done.err) == (0, ""), command
        assert done.out.startswith(f"Usage: trailbell {command}")


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """A command and those below it, with the words that call them."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _commands(below, f"{path} {name}".strip())


COMMANDS = dict(_commands(build.cli, ""))
OPTIONS = [
    (path, parameter)
    for path, command in COMMANDS.items()
    for parameter in command.params
    if isinstance(parameter, click.Option) and parameter.name != "version"
]


@pytest.mark.parametrize(
    ("path", "option"), [pytest.param(p, o, id=f"{p} {o.opts[0]}") for p, o in OPTIONS]
)
def test_the_help_of_an_option_is_a_sentence_with_its_default(
    path: str, option: click.Option
) -> None:
    """A flag is off by default, and what can be repeated is empty; others say what they are."""
    text = option.help or ""
    assert text[:1].isupper(), path
    assert text.endswith(".")
    if option.multiple:
        assert "Can be repeated." in text
    elif not option.is_flag or option.secondary_opts:
        assert "efault" in text or "Required" in text or option.name in _WITHOUT_DEFAULT


_WITHOUT_DEFAULT = frozenset({"pattern", "arn", "plan_path"})
"""Options that replace what a command does otherwise; there is no value that they default to."""


def _examples(command: click.Command) -> list[list[str]]:
    text = command.epilog or command.help or ""
    return [
        shlex.split(line)[1:] for line in text.splitlines() if line.strip().startswith("trailbell ")
    ]


def _called(words: list[str]) -> click.Command:
    """The command that the first words of an example call."""
    lengths = (length for length in (2, 1) if " ".join(words[:length]) in COMMANDS)
    return COMMANDS[" ".join(words[: next(lengths)])]


@pytest.mark.parametrize("path", [pytest.param(p, id=p or "trailbell") for p in COMMANDS])
def test_every_command_has_two_examples_with_options_that_it_has(path: str) -> None:
    examples = _examples(COMMANDS[path])
    assert len(examples) >= 2
    for words in examples:
        assert " ".join(words).startswith(path)
        called = _called(words)
        known = {name for o in called.params for name in (*o.opts, *o.secondary_opts)} | {"--help"}
        assert {word for word in words if word.startswith("-") and word != "-"} <= known


_FORMER = {
    "plan": {"--account", "--output", "--role"},
    "deploy": {"--no-execute", "--execute", "--role"},
    "delete": {"--unprotect", "--role"},
    "permissions": {"--boundary", "--role"},
    "audit": {"--trail-elsewhere"},
    "test": {"--name", "--why"},
    "build": {"--output"},
    "rollout plan": {"--deep"},
    "rollout apply": {"--deep", "--release-inoperable"},
}


@pytest.mark.parametrize("path", sorted(_FORMER))
def test_former_names_of_options_are_accepted_and_not_in_the_help(path: str) -> None:
    command = COMMANDS[path]
    accepted = {name for option in command.params for name in option.opts}
    shown = command.get_help(click.Context(command))
    assert _FORMER[path] <= accepted
    assert [
        name for name in _FORMER[path] if re.search(rf"^  (-\w, )?{name}(?![-\w])", shown, re.M)
    ] == []


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
