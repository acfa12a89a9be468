"""The wheel and the source distribution, installed and used where the repository is not."""

import os
import subprocess
import sys
import sysconfig
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import PROJECT

pytestmark = pytest.mark.slow

_PACKAGE_DATA = (
    "trailbell/__init__.pyi",
    "trailbell/py.typed",
    "trailbell/baseline/detections/iam.py",
    "trailbell/baseline/policies/key.py",
    "trailbell/baseline/stacks/pieces/pack.py",
    "trailbell/replay/report/html_report.css",
    "trailbell/replay/report/html_report.js",
    "trailbell/scaffold/files/gitignore",
    "trailbell/scaffold/files/github/workflows/trailbell.yml",
)


def _run(*command: str | Path, cwd: Path, **variables: str) -> str:
    """Run a command that succeeds, without the variables and paths of this test run."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST_"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=kept | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _build(source: Path, kind: str, output: Path) -> Path:
    """Build a distribution with the backend that pyproject.toml names, as pip does."""
    code = f"import setuptools.build_meta as b; b.build_{kind}({str(output)!r})"
    _run(sys.executable, "-c", code, cwd=source)
    (built,) = output.iterdir()
    return built


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel and the libraries of this one, and an empty folder."""

    bin: Path
    folder: Path
    cache: Path

    def run(self, program: str, *arguments: str | Path) -> str:
        """Run a program of the environment in the folder."""
        return _run(self.bin / program, *arguments, cwd=self.folder, XDG_CACHE_HOME=str(self.cache))


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the repository that are committed or about to be."""
    names = _run("git", "ls-files", "-co", "--exclude-standard", cwd=PROJECT).splitlines()
    folder = tmp_path_factory.mktemp("sources")
    for name in names:
        if (PROJECT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((PROJECT / name).read_bytes())
    return folder


@pytest.fixture(scope="session")
def installed(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel that is built from the source distribution."""
    unpacked = tmp_path_factory.mktemp("sdist")
    with tarfile.open(_build(sources, "sdist", tmp_path_factory.mktemp("out"))) as archive:
        archive.extractall(unpacked, filter="data")
    (source,) = unpacked.iterdir()
    wheel = _build(source, "wheel", tmp_path_factory.mktemp("out"))
    environment = tmp_path_factory.mktemp("environment")
    _run(sys.executable, "-m", "venv", environment, cwd=environment)
    python = environment / "bin" / "python"
    _run(python, "-m", "pip", "install", "-q", "--no-index", "--no-deps", wheel, cwd=environment)
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(_run(python, "-c", code, cwd=environment).strip())
    # The libraries of this environment. Its editable install of the repository is not read.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    assert [name for name in _PACKAGE_DATA if not (site / name).exists()] == []
    return Installed(
        environment / "bin", tmp_path_factory.mktemp("empty"), tmp_path_factory.mktemp("cache")
    )


def test_a_project_with_the_wheel(installed: Installed) -> None:
    """Start, build, and test it; the stacks of the baseline are those of the repository."""
    _run("git", "init", "-q", cwd=installed.folder)
    installed.run("trailbell", "init")
    installed.run("trailbell", "build")
    for path in (PROJECT / "dist").glob("*.yaml"):
        if path.stem not in (
            "dashboard",
            "realtime-forward",
        ):  # have its detection
            assert (installed.folder / "dist" / path.name).read_bytes() == path.read_bytes()
    installed.run("python", "build.py", "check")
    installed.run("python", "-m", "trailbell", "list")
    installed.run("python", "-m", "pytest", "-q")
    code = "import stacks, trailbell; print(trailbell.__file__)"
    where = Path(installed.run("python", "-c", code).strip())
    assert not where.is_relative_to(PROJECT)
    status = _run("git", "status", "--short", "--untracked-files=normal", cwd=installed.folder)
    assert {line[3:] for line in status.splitlines()} == {
        *(".github/", ".gitignore", "build.py", "detections/", "dist/", "policies/"),
        *("requirements.txt", "stacks/", "tests/", "trailbell.schema.json", "trailbell.toml"),
    }


@pytest.mark.parametrize("rules", ["trailbell.validate.rules", "path"])
def test_the_rules_in_plain_cfn_lint(installed: Installed, tmp_path: Path, rules: str) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(
        "Resources:\n  Filter:\n    Type: AWS::Logs::MetricFilter\n    Properties:\n"
        "      LogGroupName: x\n      FilterPattern: '{ $.a = 1 & $.b = 2 }'\n"
        "      MetricTransformations:\n"
        '        - {MetricName: a, MetricNamespace: b, MetricValue: "1"}\n'
    )
    if rules == "path":
        code = "import trailbell.validate.rules as rules; print(rules.__path__[0])"
        rules = installed.run("python", "-c", code).strip()
    lint = "import sys; from cfnlint.runner.cli import main; sys.exit(main())"
    done = subprocess.run(
        [installed.bin / "python", "-c", lint, "--append-rules", rules, "--", template],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split(" ")[0]) == (2, "E9815"), done.stderr
