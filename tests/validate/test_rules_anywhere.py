"""The rules in plain cfn-lint: in any folder, with a copy of the package and without the clone."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cfnlint.core import get_rules

from trailbell.project.root import ENGINE
from trailbell.validate import template_rules
from trailbell.validate.rules import CLASSES

pytestmark = pytest.mark.slow

_LIBRARIES = sysconfig.get_path("purelib")
_MODULE = "trailbell.validate.rules"
_TEMPLATE = """\
Resources:
  UserCreated:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: trail
      FilterPattern: '{ ($.eventName = "CreateUser") & ($.eventSource = "iam.amazonaws.com") }'
      MetricTransformations:
        - MetricName: UserCreated
          MetricNamespace: Trailbell
          MetricValue: "1"
"""
_FINDINGS = [
    (
        "template.yaml",
        6,
        "E9815",
        "The filter pattern is invalid, at character 32: unexpected '&'; use '&&'",
    )
]
_INSTALL = (
    "The rules of Trailbell cannot be loaded (No module named 'trailbell'), because cfn-lint runs "
    f'with {sys.executable}. Install the package there: "pip install trailbell", "pipx inject '
    'cfn-lint trailbell", or "additional_dependencies: [trailbell]" in the hook of pre-commit.'
)


@dataclass(frozen=True)
class Done:
    """How a program ended. ``findings`` are file, line, rule and message."""

    code: int
    findings: list[tuple[str, int, str, str]]
    last_error: str


Run = Callable[..., Done]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the package alone, as site-packages does."""
    folder = tmp_path_factory.mktemp("installed")
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ENGINE, folder / "trailbell", ignore=ignore)
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run Python in a folder with the template. Only these folders have packages."""
    (tmp_path / "template.yaml").write_text(_TEMPLATE, encoding="utf-8")

    def run(source: str, *arguments: str, packages: tuple[Path, ...]) -> Done:
        # Without site, no .pth file adds the clone.
        done = subprocess.run(
            [sys.executable, "-S", "-c", source, *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([*map(str, packages), _LIBRARIES])},
            capture_output=True,
            text=True,
            check=False,
        )
        matches = json.loads(done.stdout) if done.stdout else []
        findings = [
            (m["Filename"], m["Location"]["Start"]["LineNumber"], m["Rule"]["Id"], m["Message"])
            for m in matches
        ]
        return Done(done.returncode, findings, done.stderr.strip().split("\n")[-1])

    return run


_CFN_LINT = "import sys; from cfnlint.runner.cli import main; sys.exit(main())"
_FORMAT = ("--format", "json")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--append-rules", _MODULE, "--"), id="the name of the module"),
        pytest.param(("-a", _MODULE, "-t"), id="the short option"),
        pytest.param(("--append-rules", "{package}/trailbell/validate/rules", "--"), id="a path"),
        pytest.param(("--append-rules", "{copy}", "--"), id="a folder copied out of the package"),
    ],
)
def test_the_rules_run_in_any_folder(
    run: Run, package: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    copy = shutil.copytree(ENGINE / "validate" / "rules", tmp_path / "copied")
    given = [argument.format(package=package, copy=copy) for argument in arguments]
    done = run(_CFN_LINT, *_FORMAT, *given, "template.yaml", packages=(package,))
    assert done == Done(2, _FINDINGS, "")


@pytest.mark.parametrize(
    "rules", [pytest.param(_MODULE, id="the module"), pytest.param("{package}", id="a path")]
)
def test_a_configuration_file_appends_the_rules(
    run: Run, package: Path, tmp_path: Path, rules: str
) -> None:
    rules = rules.format(package=package / "trailbell" / "validate" / "rules")
    (tmp_path / ".cfnlintrc").write_text(
        f"templates: [template.yaml]\nappend_rules: [{rules}]\n", encoding="utf-8"
    )
    assert run(_CFN_LINT, *_FORMAT, packages=(package,)) == Done(2, _FINDINGS, "")


def test_a_template_without_faults_has_no_findings(run: Run, package: Path, tmp_path: Path) -> None:
    template = _TEMPLATE.replace(" & ", " && ")
    (tmp_path / "template.yaml").write_text(template, encoding="utf-8")
    arguments = ("--append-rules", _MODULE, "--ignore-checks", "W9803", "--", "template.yaml")
    assert run(_CFN_LINT, *_FORMAT, *arguments, packages=(package,)) == Done(0, [], "")


def test_a_path_without_the_package_stops_with_what_to_install(run: Run) -> None:
    path = str(ENGINE / "validate" / "rules")
    arguments = ("--append-rules", path, "--", "template.yaml")
    message = f"Tried to append rules but got an error: {_INSTALL}"
    assert run(_CFN_LINT, *arguments, packages=()) == Done(
        1, [], f"cfnlint.exceptions.UnexpectedRuleException: {message}"
    )


def test_the_module_without_the_package_stops(run: Run) -> None:
    arguments = ("--append-rules", _MODULE, "--", "template.yaml")
    message = "Tried to append rules but got an error: No module named 'trailbell'"
    assert run(_CFN_LINT, *arguments, packages=()) == Done(
        1, [], f"cfnlint.exceptions.UnexpectedRuleException: {message}"
    )


def test_cfn_lint_refuses_to_have_the_rules_twice(run: Run, package: Path) -> None:
    path = str(package / "trailbell" / "validate" / "rules")
    arguments = ("--append-rules", path, _MODULE, "--", "template.yaml")
    assert run(_CFN_LINT, *arguments, packages=(package,)) == Done(
        1, [], "cfnlint.exceptions.DuplicateRuleError: Rule already included: E9802"
    )


_API = """
import json, sys
from pathlib import Path
from cfnlint.api import lint, lint_all
from cfnlint.config import ManualArgs
text = Path("template.yaml").read_text(encoding="utf-8")
matches = {call}
print(json.dumps([
    {{"Filename": "template.yaml", "Location": {{"Start": {{"LineNumber": m.linenumber}}}},
     "Rule": {{"Id": m.rule.id}}, "Message": m.message}}
    for m in matches if m.rule.id.startswith("E98")
]))
"""


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(
            f'lint(text, config=ManualArgs(append_rules=["{_MODULE}"]))', id="lint with the module"
        ),
        pytest.param("lint_all(text)", id="lint_all with a configuration file"),
    ],
)
def test_the_rules_run_in_the_python_api(
    run: Run, package: Path, tmp_path: Path, call: str
) -> None:
    if "lint_all" in call:
        (tmp_path / ".cfnlintrc").write_text(f"append_rules: [{_MODULE}]\n", encoding="utf-8")
    done = run(_API.format(call=call), packages=(package,))
    assert done == Done(0, _FINDINGS, "")


def test_the_list_of_cfn_lint_has_every_rule() -> None:
    appended = get_rules([_MODULE], [], ["I"])
    ours = {rule.id: rule for rule in appended if rule.id[1:3] == "98"}
    files = {path.stem for path in Path(template_rules.__file__).parent.glob("[A-Z]*.py")}
    names = {type(rule).__name__ for rule in ours.values()}
    assert (names, set(CLASSES)) == (files, files)
    assert all(f"{rule.id}: {rule.shortdesc}" in repr(appended) for rule in ours.values())
