"""``build.py audit``: what it reads, prints and returns."""

import json
import sys
from pathlib import Path

import pytest

import build
from tests.audit.templates import stack
from trailbell.compiler import render

SEVENTEEN = json.loads(Path(__file__).with_name("seventeen.json").read_text(encoding="utf-8"))
GOOD = stack(*(entry["text"] for entry in SEVENTEEN))
BAD = stack('{ $.userIdentity.type = "Root" }')


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["build.py", "audit", *arguments])
    return build.main()


@pytest.mark.parametrize(
    ("files", "given", "message"),
    [
        pytest.param({}, "no.yaml", "no.yaml: no such file; ", id="a file that is not there"),
        pytest.param(
            {"x.json": "{"}, "x.json", "x.json: not JSON at line 1, column 2; ", id="JSON"
        ),
        pytest.param({"x.yaml": "a: ["}, "x.yaml", "x.yaml: not YAML", id="YAML"),
        pytest.param(
            {"x.json": "[" * 100_000},
            "x.json",
            "x.json: nested too deeply (more than 100 levels); ",
            id="JSON without an end to its depth",
        ),
        pytest.param(
            {"x.yaml": "a: " + "[" * 100_000},
            "x.yaml",
            "x.yaml: nested too deeply (more than 100 levels); ",
            id="YAML without an end to its depth",
        ),
        pytest.param(
            {"x.json": '{"a":' * 2_000 + "1" + "}" * 2_000},
            "x.json",
            "x.json: nested too deeply (more than 100 levels); ",
            id="two thousand objects in each other",
        ),
        pytest.param(
            {"x.yaml": "a: 1"}, "x.yaml", "x.yaml: it has no Resources", id="not a template"
        ),
        pytest.param(
            {"x.yaml": b"\xff"}, "x.yaml", "x.yaml: not UTF-8 text (byte 1); ", id="not text"
        ),
        pytest.param({"x.json": "{}"}, ".", ".: there is no template in it", id="an empty folder"),
    ],
)
def test_wrong_input_is_one_message_and_exit_code_2(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, str | bytes],
    given: str,
    message: str,
) -> None:
    for name, body in files.items():
        (place / name).write_bytes(body if isinstance(body, bytes) else body.encode())
    assert _run(monkeypatch, given) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith(f"error: {message}")) == ("", True)


def test_matrix_with_reasons(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "bad.json").write_text(render.to_json(BAD))
    assert _run(monkeypatch, "bad.json") == 1
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    shown = [line.split("  ") for line in lines if line.startswith((".3", ".15"))]
    assert [[cell.strip() for cell in line if cell] for line in shown] == [
        [".3", "Use of the root user", "FAIL", "FAIL", "FAIL"],
        [".15", "AWS Organizations changes", "-", "FAIL", "FAIL"],
    ]
    assert [line for line in lines if "root-account-use" in line] == [
        "  root-account-use (Security Hub, Prowler, Powerpipe): no metric filter with this text"
    ]


def test_everything_passes(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A template in both formats counts once; what is no template in a folder is left out."""
    folder = place / "out"
    folder.mkdir()
    (folder / "cis.json").write_text(render.to_json(GOOD))
    (folder / "cis.yaml").write_text(render.to_yaml(GOOD))
    (folder / "manifest.json").write_text('{"stacks": {}}')
    assert _run(monkeypatch, "--json", "out") == 0
    said = json.loads(capsys.readouterr().out)
    assert {name: said[name] for name in ("templates", "passed", "assumed")} == {
        "templates": ["out/cis.json"],
        "passed": True,
        "assumed": [],
    }
    assert [(one["name"], one["passed"], one["of"]) for one in said["auditors"]] == [
        ("Security Hub", 14, 14),
        ("Prowler", 15, 15),
        ("Powerpipe", 15, 15),
    ]
    assert said["auditors"][0]["grades"][2] == {
        "control": "root-account-use",
        "cis": {
            "1.2": "3.3",
            **dict.fromkeys(("1.3", "1.4", "1.5", "2.0", "3.0", "4.0", "5.0"), "4.3"),
            **dict.fromkeys(("6.0", "7.0"), "5.3"),
        },
        "security_hub": "CloudWatch.1",
        "passed": True,
        "reason": "Filter3 (out/cis.json)",
        "assumed": [],
    }


def test_template_beside_which_a_trail_stands(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Alarms on a log group that exists: the trail can be taken for granted, and it is told."""
    texts = (entry["text"] for entry in SEVENTEEN)
    group = {"Ref": "Group"}
    parameters = {"Group": {"Type": "String"}}
    alone = stack(*texts, log_group=group, parameters=parameters, without=("Trail", "Group"))
    (place / "alone.yaml").write_text(render.to_yaml(alone))
    assert _run(monkeypatch, "alone.yaml") == 1
    capsys.readouterr()
    assert _run(monkeypatch, "alone.yaml", "--trail-elsewhere") == 0
    assert [line.strip() for line in capsys.readouterr().out.splitlines()[-2:]] == [
        "Group is the one that fits: a multi-Region trail elsewhere writes to it",
        "Group is the one that fits: the parameter Group is given at deployment",
    ]
