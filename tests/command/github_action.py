"""
Run the steps of ``action.yml`` as GitHub does, as far as that goes without GitHub.

In:    a project, inputs, the event, and the API.
Out:   what each step printed and put out, the summary, and how the job ended.
Never: another action. Steps that use one are left out, and Trailbell is not installed but linked.

https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.command.conftest import Project
from trailbell.project.root import ENGINE

ACTION: dict[str, Any] = yaml.safe_load((ENGINE.parent / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{ *([a-z_.-]+) *\}\}", re.IGNORECASE)


@dataclass
class JobRun:
    """How a job ran. ``printed`` is by step, ``outputs`` are those of the action."""

    code: int = 0
    printed: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""


def run_action(
    project: Project,
    folder: Path,
    inputs: Mapping[str, str],
    event_name: str,
    event: Mapping[str, Any],
    variables: Mapping[str, str],
) -> JobRun:
    """Run the scripts in an empty folder, until one fails."""
    contexts: dict[str, Any] = {
        "inputs": {name: each["default"] for name, each in ACTION["inputs"].items()} | dict(inputs),
        "github": {"event": event, "token": "a-token", "event_name": event_name},
        "steps": {"install": {"outputs": {"folder": str(link_program(project, folder))}}},
    }
    contexts["inputs"]["token"] = substitute(contexts["inputs"]["token"], contexts)
    (folder / "event.json").write_text(json.dumps(event), encoding="utf-8")
    (folder / "summary.md").touch()
    job = JobRun()
    for step in STEPS:
        if "run" not in step or step.get("id") == "install" or not is_true(step, contexts):
            continue
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "CI"))},
            "XDG_CACHE_HOME": str(project.cache),
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": event_name,
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            **variables,
        }
        job.code, printed, outputs = run_script(step, contexts, environment, project.root, folder)
        job.printed[step["name"]] = printed
        if "id" in step:
            contexts["steps"][step["id"]] = {"outputs": outputs}
        if job.code:
            break
    job.outputs = {n: substitute(o["value"], contexts) for n, o in ACTION["outputs"].items()}
    job.summary = (folder / "summary.md").read_text(encoding="utf-8")
    return job


def run_script(
    step: Mapping[str, Any],
    contexts: Mapping[str, Any],
    environment: Mapping[str, str],
    root: Path,
    folder: Path,
) -> tuple[int, str, dict[str, str]]:
    """Run one step. The options of bash are those of ``shell: bash``."""
    script, output = folder / "script.sh", folder / "output.txt"
    script.write_text(step["run"], encoding="utf-8")
    output.write_text("", encoding="utf-8")
    own = {name: substitute(text, contexts) for name, text in step.get("env", {}).items()}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=root / substitute(step.get("working-directory", "."), contexts),
        env={**environment, **own, "GITHUB_OUTPUT": str(output)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    lines = output.read_text(encoding="utf-8").splitlines()
    return done.returncode, done.stdout, dict(line.split("=", 1) for line in lines)


def substitute(text: str, contexts: Mapping[str, Any]) -> str:
    """A text with the values of its expressions; a value that does not exist is empty."""
    return EXPRESSION.sub(lambda match: str(_value(match[1], contexts) or ""), text)


def is_true(step: Mapping[str, Any], contexts: Mapping[str, Any]) -> bool:
    """Whether the condition of a step holds: comparisons with texts, and values, joined by &&."""
    return all(_clause(clause, contexts) for clause in step.get("if", "'true'").split("&&"))


def _clause(clause: str, contexts: Mapping[str, Any]) -> bool:
    match re.split(r" (==|!=) ", clause.strip()):
        case [name, "==", text]:
            return bool(_value(name, contexts) == text.strip("'"))
        case [name, _, text]:
            return bool(_value(name, contexts) != text.strip("'"))
        case [name]:
            return name == "'true'" or bool(_value(name, contexts))
    raise AssertionError(clause)


def _value(name: str, contexts: Mapping[str, Any]) -> Any:
    value: Any = contexts
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def link_program(project: Project, folder: Path) -> Path:
    """A folder as the step that installs Trailbell makes it."""
    work = folder / "work"
    (work / "venv" / "bin").mkdir(parents=True)
    program = work / "venv" / "bin" / "trailbell"
    program.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" "{project.root / "build.py"}" "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    return work
