"""SARIF of a project in a folder of a repository: code hosts want paths from its top."""

import json
from pathlib import Path

import pytest

from trailbell.build import report
from trailbell.build.build import BuildResult
from trailbell.errors import ContentError
from trailbell.project import root


@pytest.mark.parametrize(
    ("git", "project", "expected"),
    [
        pytest.param(None, "project", "", id="no repository"),
        pytest.param(".", ".", "", id="all of a repository"),
        pytest.param(".", "infra/alarms", "infra/alarms", id="a folder of a repository"),
        pytest.param("infra", "infra/alarms", "alarms", id="a folder of an inner repository"),
    ],
)
def test_the_folder_of_a_project_in_its_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: str | None, project: str, expected: str
) -> None:
    (tmp_path / project).mkdir(parents=True, exist_ok=True)
    for repository in {".", git} - {None} if git else ():
        (tmp_path / str(repository) / ".git").mkdir()
    monkeypatch.setattr(root, "_chosen", [tmp_path / project])
    assert root.folder_in_repository() == expected


@pytest.mark.parametrize(
    ("location", "folder", "uri"),
    [
        pytest.param("stacks/mine.py:3", "", "stacks/mine.py", id="the top"),
        pytest.param("stacks/a b.py:3", "infra/x", "infra/x/stacks/a%20b.py", id="a folder"),
        pytest.param(
            "trailbell/baseline/stacks/trail.py:3",
            "infra",
            "trailbell/baseline/stacks/trail.py",
            id="a file of the package",
        ),
    ],
)
def test_paths_begin_with_the_folder(location: str, folder: str, uri: str) -> None:
    build = BuildResult((), (ContentError(location, "no", "fix this line"),), ())
    (run,) = json.loads(report.to_sarif(build, folder))["runs"]
    (place,) = run["results"][0]["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": uri},
        "region": {"startLine": 3},
    }
