"""``trailbell audit``: what it reads, prints and returns."""

import json
import sys
from pathlib import Path

import pytest

import build
from tests.audit.templates import stack
from trailbell.compiler import render

SEVENTEEN = json.loads(Path(__file__).with_name("seventeen.json").read_text(encoding="utf-8"))
PASSING = stack(*(entry["text"] for entry in SEVENTEEN))
FAILING = stack('{ $.userIdentity.type = "Root" }')


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["build.py", "audit", *arguments])
    return build.main()


@pytest.mark.parametrize(
    ("files", "argument", "message"),
    [
        pytest.param({}, "no.yaml", "no.yaml: no such file; ", id="a missing file"),
        pytest.param(
            {"x.json": "{"}, "x.json", "x.json: not JSON at line 1, column 2; ", id="JSON"
        ),
        pytest.param({"x.yaml": "a: ["}, "x.yaml", "x.yaml: not YAML", id="YAML"),
        pytest.param(
            {"x.json": "[" * 100_000},
            "x.json",
            "x.json: nested too deeply (more than 100 levels); ",
            id="JSON with extreme depth",
        ),
        pytest.param(
            {"x.yaml": "a: " + "[" * 100_000},
            "x.yaml",
            "x.yaml: nested too deeply (more than 100 levels); ",
            id="YAML with extreme depth",
        ),
        pytest.param(
            {"x.json": '{"a":' * 2_000 + "1" + "}" * 2_000},
            "x.json",
            "x.json: nested too deeply (more than 100 levels); ",
            id="two thousand nested objects",
        ),
        pytest.param(
            {"x.yaml": "a: 1"}, "x.yaml", "x.yaml: it has no Resources", id="not a template"
        ),
        pytest.param(
            {"x.yaml": b"\xff"}, "x.yaml", "x.yaml: not UTF-8 text (byte 1); ", id="not text"
        ),
        pytest.param({"x.json": "{}"}, ".", ".: it contains no template", id="an empty folder"),
    ],
)
def test_wrong_input_is_one_message_and_exit_code_2(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, str | bytes],
    argument: str,
    message: str,
) -> None:
    for name, body in files.items():
        (folder / name).write_bytes(body if isinstance(body, bytes) else body.encode())
    assert _run(monkeypatch, argument) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith(f"error: {message}")) == ("", True)


def test_matrix_with_reasons(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "failing.json").write_text(render.to_json(FAILING))
    assert _run(monkeypatch, "failing.json") == 1
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    rows = [line.split("  ") for line in lines if line.startswith((".3", ".15"))]
    assert [[cell.strip() for cell in line if cell] for line in rows] == [
        [".3", "Use of the root user", "FAILED", "FAILED", "FAILED"],
        [".15", "AWS Organizations changes", "-", "FAILED", "FAILED"],
    ]
    assert [line for line in lines if "root-account-use" in line] == [
        (
            "  root-account-use (Security Hub, Prowler, Powerpipe): "
            "No metric filter has the expected pattern."
        )
    ]


def test_everything_passes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A template in two formats counts once; other files in a folder are skipped."""
    out = folder / "out"
    out.mkdir()
    (out / "cis.json").write_text(render.to_json(PASSING))
    (out / "cis.yaml").write_text(render.to_yaml(PASSING))
    (out / "manifest.json").write_text('{"stacks": {}}')
    assert _run(monkeypatch, "--json", "out") == 0
    output = json.loads(capsys.readouterr().out)
    assert {name: output[name] for name in ("templates", "passed", "assumed")} == {
        "templates": ["out/cis.json"],
        "passed": True,
        "assumed": [],
    }
    scanners = output["auditors"]
    assert [(scanner["name"], scanner["passed"], scanner["of"]) for scanner in scanners] == [
        ("Security Hub", 14, 14),
        ("Prowler", 15, 15),
        ("Powerpipe", 15, 15),
    ]
    assert scanners[0]["grades"][2] == {
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


def test_template_with_an_external_trail(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For alarms on an existing log group, the trail can be assumed, which is reported."""
    texts = (entry["text"] for entry in SEVENTEEN)
    group = {"Ref": "Group"}
    parameters = {"Group": {"Type": "String"}}
    document = stack(*texts, log_group=group, parameters=parameters, without=("Trail", "Group"))
    (folder / "alarms.yaml").write_text(render.to_yaml(document))
    assert _run(monkeypatch, "alarms.yaml") == 1
    capsys.readouterr()
    assert _run(monkeypatch, "alarms.yaml", "--trail-elsewhere") == 0
    assert [line.strip() for line in capsys.readouterr().out.splitlines()[-2:]] == [
        "Group matches: an external multi-Region trail delivers to it.",
        "Group matches: the parameter Group is set at deployment.",
    ]
