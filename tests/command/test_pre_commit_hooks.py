"""The hooks for pre-commit: valid, run if the right files change, and failing on faults alone."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command.conftest import Project
from trailbell.project.root import ENGINE

pytestmark = pytest.mark.slow

_HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook
    for hook in yaml.safe_load(
        (ENGINE.parent / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    )
}
_IDS = ("trailbell-check", "trailbell-patterns", "trailbell-rules")

# https://pre-commit.com/#creating-new-hooks
_REQUIRED = {"id": str, "name": str, "entry": str, "language": str}
_OPTIONAL = {
    **dict.fromkeys(("description", "files", "exclude", "minimum_pre_commit_version"), str),
    **dict.fromkeys(("types", "types_or", "exclude_types", "args", "stages"), list),
    **dict.fromkeys(("always_run", "fail_fast", "verbose", "pass_filenames"), bool),
    "require_serial": bool,
    "language_version": str,
}

_TEMPLATE = """\
Resources:
  UserCreated:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: trail
      FilterPattern: '{ ($.eventName = "CreateUser") %s ($.eventSource = "iam.amazonaws.com") }'
      MetricTransformations:
        - MetricName: UserCreated
          MetricNamespace: Trailbell
          MetricValue: "1"
"""
_ERROR = (
    "E9815 The filter pattern is invalid, at character 32: unexpected '&'; use '&&'\n"
    "network.yaml:6:7\n\n"
)


def test_the_hooks_are_those_that_are_documented() -> None:
    assert tuple(_HOOKS) == _IDS


@pytest.mark.parametrize("hook", _IDS)
def test_a_hook_has_the_members_that_pre_commit_knows(hook: str) -> None:
    members = _HOOKS[hook]
    known = _REQUIRED | _OPTIONAL
    assert set(_REQUIRED) <= set(members) <= set(known)
    assert {name for name, value in members.items() if not isinstance(value, known[name])} == set()
    assert members["language"] == "python"


@pytest.mark.parametrize(
    ("path", "hooks"),
    [
        pytest.param("README.md", (), id="a page"),
        pytest.param("src/detections.py", (), id="a module that is called as a folder of ours"),
        pytest.param("my-trailbell.toml", (), id="other settings"),
        pytest.param("dist/trail.json", ("check", "rules"), id="a compiled template"),
        pytest.param("a/b/dist/trail.yaml", ("check", "rules"), id="a project in a folder"),
        pytest.param("detections/kms.py", ("check", "patterns"), id="a detection"),
        pytest.param("stacks/trail.py", ("check", "patterns"), id="a stack"),
        pytest.param("policies/roles.py", ("check",), id="a policy"),
        pytest.param("alarms/trailbell.toml", ("check", "patterns"), id="the settings"),
        pytest.param("network.template", ("rules",), id="a template"),
        pytest.param("network.yml", ("rules",), id="YAML"),
    ],
)
def test_a_hook_runs_if_these_files_change(path: str, hooks: tuple[str, ...]) -> None:
    started = tuple(h for h in _IDS if re.search(_HOOKS[h]["files"], path))
    assert started == tuple(f"trailbell-{name}" for name in hooks)


def _run(project: Project, hook: str, *names: str) -> tuple[int, str]:
    program, *arguments = shlex.split(_HOOKS[hook]["entry"])
    assert program == "trailbell"
    done = project.run(*arguments, *names)
    return done.code, done.out


def _break_pattern(root: Path) -> None:
    path = root / "detections" / "sign_in.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"ConsoleLogin"', '"ConsoleLogins"'), encoding="utf-8")


def test_the_check_passes_and_fails_on_an_outdated_file(project: Project) -> None:
    assert _run(project, "trailbell-check")[0] == 0
    project.write("dist/trail.yaml", "changed")
    code, printed = _run(project, "trailbell-check")
    assert (code, printed.splitlines()[-2:]) == (
        1,
        ["outdated: dist/trail.yaml", "dist: run trailbell build"],
    )


def test_the_check_of_patterns_passes_and_fails_on_a_wrong_pattern(project: Project) -> None:
    assert _run(project, "trailbell-patterns")[0] == 0
    _break_pattern(project.root)
    code, printed = _run(project, "trailbell-patterns")
    assert code == 2
    assert re.search(r"^detections/sign_in\.py:[0-9]+: detection ", printed, re.MULTILINE)


def test_the_rules_pass_and_fail_on_a_wrong_template(project: Project) -> None:
    project.write("network.yaml", _TEMPLATE % "&&")
    project.write("compose.yaml", "services: {}\n")
    names = ("network.yaml", "compose.yaml")
    assert _run(project, "trailbell-rules", *names) == (0, "")
    project.write("network.yaml", _TEMPLATE % "&")
    assert _run(project, "trailbell-rules", *names) == (2, _ERROR)
