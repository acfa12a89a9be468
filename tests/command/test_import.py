"""``trailbell import sigma`` in a project: what it writes builds, and what it prints."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROJECT
from tests.sigma.rules import write_rule

_RULE = """
selection:
    eventSource: secretsmanager.amazonaws.com
    eventName: DeleteSecret
    userAgent|contains: aws-cli
condition: selection
"""
_WRONG = "a: {type: Root}\ncondition: a"


def _run(root: Path, *command: str, **variables: str) -> tuple[int, str, str]:
    environment = os.environ | {
        "PYTHONPATH": str(PROJECT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "XDG_CACHE_HOME": str(root.parent / "cache"),
    }
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A new project, with a rule that can be imported and one that cannot."""
    root = tmp_path / "project"
    assert _run(tmp_path, "trailbell", "init", str(root))[0] == 0
    (root / "rules").mkdir()
    write_rule(root / "rules", _RULE)
    write_rule(root / "rules", _WRONG, "wrong.yml", title="Root was used")
    return root


_NOTE = "  Sigma ignores case; the pattern compares userAgent in the spelling of the rule.\n"
_ERROR = (
    'error: rules/wrong.yml:7: records of CloudTrail have no member "type"; did you mean '
    '"userIdentity.type"?\n'
)


@pytest.mark.slow
def test_rules_are_imported_and_errors_printed(root: Path) -> None:
    assert _run(root, "trailbell", "import", "sigma", "rules") == (
        2,
        (
            "wrote detections/a_secret_was_destroyed.py\n"
            "wrote tests/test_a_secret_was_destroyed.py\n"
            f"{_NOTE}"
            "1 rule imported, 1 not.\n"
            'Review the lines below each "# Review:", then run: trailbell build\n'
        ),
        _ERROR,
    )
    assert _run(root, "pytest", "-q", "tests/test_a_secret_was_destroyed.py")[0] == 0
    listed = _run(root, "trailbell", "list")
    assert (listed[0], "a-secret-was-destroyed" in listed[1]) == (0, True)


@pytest.mark.slow
def test_a_dry_run_writes_nothing(root: Path) -> None:
    before = sorted(root.rglob("*.py"))
    assert _run(root, "trailbell", "import", "sigma", "rules/rule.yml", "--dry-run") == (
        0,
        (
            "would write detections/a_secret_was_destroyed.py\n"
            "would write tests/test_a_secret_was_destroyed.py\n"
            f"{_NOTE}"
            "1 rule can be imported, 0 not.\n"
        ),
        "",
    )
    assert sorted(root.rglob("*.py")) == before


@pytest.mark.slow
def test_what_was_imported_is_replaced_on_request(root: Path) -> None:
    write_rule(root / "rules", _RULE, id="11111111-2222-4333-8444-555555555555")
    command = ("trailbell", "import", "sigma", "rules/rule.yml")
    assert _run(root, *command)[0] == 0
    module = root / "detections" / "a_secret_was_destroyed.py"
    first = module.read_text()
    module.write_text(first.replace("aws-cli", "other"))
    assert _run(root, *command)[0] == 2
    assert _run(root, *command, "--replace")[0] == 0
    assert module.read_text() == first


@pytest.mark.slow
def test_without_pysigma_it_says_how_to_install_it(root: Path) -> None:
    hidden = root.parent / "hidden"
    hidden.mkdir()
    (hidden / "sigma.py").write_text("")
    assert _run(
        root,
        "trailbell",
        *("import", "sigma", "rules"),
        PYTHONPATH=f"{hidden}:{PROJECT}",
    ) == (
        2,
        "",
        (
            "error: import sigma: pySigma 2, which reads Sigma rules, is not installed.\n"
            '  Install it: pip install "trailbell[sigma]"\n'
        ),
    )
