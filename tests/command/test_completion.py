"""What a shell suggests when a person presses Tab."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from trailbell.command.completion import VARIABLE
from trailbell.command.main import cli, main
from trailbell.validate.regions import known_regions

_PROJECT = Path(__file__).resolve().parent.parent.parent
_SETTINGS = """\
[environment.prod]
region = "eu-central-1"

[environment.test]

[rollout.baseline]

[rollout.extra]
"""


@pytest.fixture
def settings(tmp_path: Path) -> str:
    path = tmp_path / "trailbell.toml"
    path.write_text(_SETTINGS)
    return str(path)


def _suggestions(*words: str) -> list[str]:
    """What completes the last of these words."""
    complete = ShellComplete(cli, {}, "trailbell", VARIABLE)
    *before, incomplete = words
    return [item.value for item in complete.get_completions(before, incomplete)]


_TAMPER = ("tamper", "tamper-chat", "tamper-hunt", "tamper-queries", "tamper-realtime")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(("explain", "kms-key-destroyed", ""), [], id="one detection is enough"),
        pytest.param(("plan", "--settings", "missing.toml", "-e", ""), [], id="no settings"),
        pytest.param(("build", "--dist", "missing", ""), [], id="no templates"),
        pytest.param(("build", "--region", "mars"), [], id="no Region begins like this"),
        pytest.param(("dep",), ["deploy"], id="a command"),
        pytest.param(("rollout", "re"), ["resume", "remove"], id="a command of a group"),
        pytest.param(("--ver",), ["--version"], id="an option of the program"),
        pytest.param(("build", "--form"), ["--format"], id="an option of a command"),
        pytest.param(("check", "--format", ""), ["text", "json", "sarif"], id="a fixed list"),
        pytest.param(("build", "tam"), list(_TAMPER), id="stacks"),
        pytest.param(
            ("deploy", "tamper", "tam"), list(_TAMPER[1:]), id="a stack that was not given before"
        ),
        pytest.param(
            ("explain", "kms-k"),
            ["kms-key-destroyed", "kms-key-disabled-or-deleted"],
            id="detections",
        ),
        pytest.param(
            ("new", "detection", "mine", "--pack", "e"), ["essentials", "exposure"], id="packs"
        ),
        pytest.param(
            ("--region", "eu-central-"),
            ["eu-central-1", "eu-central-2"],
            id="an option of build, which needs no name",
        ),
        pytest.param(
            ("plan", "--fail-on", "remove,re"), ["remove,replace"], id="a word after a comma"
        ),
    ],
)
def test_suggestions(words: tuple[str, ...], expected: list[str]) -> None:
    assert _suggestions(*words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(("plan", "-e"), ["prod", "test"], id="environments"),
        pytest.param(("rollout", "plan"), ["baseline", "extra"], id="rollouts"),
    ],
)
def test_suggestions_from_the_settings(
    words: tuple[str, ...], expected: list[str], settings: str
) -> None:
    first, *rest = words
    if first == "rollout":
        assert _suggestions(*words, "--settings", settings, "") == expected
    else:
        assert _suggestions(first, "--settings", settings, *rest, "") == expected


def test_regions_are_those_that_a_build_accepts() -> None:
    assert _suggestions("deploy", "--region", "") == list(known_regions())


@pytest.mark.parametrize(
    ("words", "number"),
    [
        pytest.param("trailbell nonsense ", "2", id="an unknown command"),
        pytest.param("trailbell rollout nonsense ", "3", id="an unknown command of a group"),
        pytest.param("trailbell build --dist missing ", "4", id="a folder that is missing"),
    ],
)
def test_a_shell_gets_no_error(
    words: str,
    number: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in (
        (VARIABLE, "bash_complete"),
        ("COMP_WORDS", words),
        ("COMP_CWORD", number),
    ):
        monkeypatch.setenv(name, value)
    try:
        code: object = main()
    except SystemExit as end:  # click's way to end after suggestions
        code = end.code
    output = capsys.readouterr()
    assert (code, output.out.strip(), output.err) == (0, "", "")


def test_commands_have_one_line_of_help_which_zsh_and_fish_show() -> None:
    complete = ShellComplete(cli, {}, "trailbell", VARIABLE)
    (item,) = complete.get_completions([], "exp")
    assert (item.value, item.help) == ("explain", "Explain a detection, or a rule for cfn-lint.")


# --------------------------------------------------------------------------------- real shells


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which ``trailbell`` is the program of this project."""
    program = tmp_path / "bin" / "trailbell"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{_PROJECT}/build.py" "$@"\n')
    program.chmod(0o755)
    return os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}"}


def _run_shell(shell: str, script: str, environment: dict[str, str]) -> list[str]:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    options = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run(
        [shell, *options, "-c", script],
        env=environment,
        cwd=_PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


_BASH = """\
source <(trailbell completion bash)
complete -p trailbell
COMP_WORDS=({words}); COMP_CWORD={number}
_trailbell_completion trailbell
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
_REGISTERED = "complete -o nosort -F _trailbell_completion trailbell"


@pytest.mark.parametrize(
    ("words", "number", "expected"),
    [
        pytest.param("trailbell nonsense ''", 2, [""], id="nothing after an unknown command"),
        pytest.param("trailbell de", 1, ["demo", "deploy", "delete"], id="commands"),
        pytest.param("trailbell verify trail tam", 3, list(_TAMPER), id="stacks"),
    ],
)
def test_bash(words: str, number: int, expected: list[str], environment: dict[str, str]) -> None:
    script = _BASH.format(words=words, number=number)
    assert _run_shell("bash", script, environment) == [_REGISTERED, *expected]


@pytest.mark.parametrize("words", ["explain", "deploy", "plan -e", "rollout plan"])
def test_nothing_is_suggested_outside_of_a_project(words: str, tmp_path: Path) -> None:
    """And nothing is printed that a shell would take for a suggestion."""
    program = "from trailbell.command.main import main; raise SystemExit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ
        | {
            VARIABLE: "bash_complete",
            "COMP_WORDS": f"trailbell {words} ",
            "COMP_CWORD": str(len(words.split()) + 1),
            "PYTHONPATH": str(_PROJECT),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_fish(environment: dict[str, str]) -> None:
    script = 'trailbell completion fish | source; complete -C "trailbell verify tam"'
    names = [line.split("\t")[0] for line in _run_shell("fish", script, environment)]
    assert names == list(_TAMPER)


def test_zsh(environment: dict[str, str]) -> None:
    """The script loads, and registers its function. Only an interactive zsh completes."""
    script = (
        "autoload -U compinit; compinit -u -D; source <(trailbell completion zsh); "
        "print $_comps[trailbell]"
    )
    assert _run_shell("zsh", script, environment) == ["_trailbell_completion"]
