"""``trailbell replay``: what it prints, and its exit codes."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import trailbell.command.replay as module
from tests.replay.tuning.records import catalog, deploy, detection, month, write_records
from trailbell.catalog.detection import Timing
from trailbell.errors import OutputError, UnknownNameError

_DEPLOYER = "arn:aws:iam::111122223333:role/cicd/Deployer"


def _use(monkeypatch: pytest.MonkeyPatch, settings: str = "") -> None:
    # Without a default value, an event does not depend on those before and after it.
    timing = Timing(default_value=False, reason="It is for tests.")
    written = catalog(detection(timing=timing))
    deployed, _ = deploy(written, settings)
    monkeypatch.setattr(module, "load_catalogs", lambda: (deployed, written))


@pytest.fixture(autouse=True)
def _catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    _use(monkeypatch)


@pytest.fixture
def records(tmp_path: Path) -> str:
    return write_records(tmp_path / "month.json", month())


def _run(*arguments: str, given: str | None = None) -> tuple[object, str, str]:
    """What the command returns, and its two outputs."""
    result = CliRunner().invoke(
        module.command, arguments, input=given, standalone_mode=False, catch_exceptions=False
    )
    return result.return_value, result.stdout, result.stderr


def test_a_file_that_does_not_exist_is_named_and_the_others_are_read(records: str) -> None:
    code, out, err = _run("/no/such/file", records, "--summary")
    assert (code, err) == (1, "error: /no/such/file: no such file or directory\n")
    assert out.startswith("69 notifications in 3.6 weeks, from 69 hits in 69 records.")


def test_an_unknown_detection() -> None:
    with pytest.raises(UnknownNameError):
        _run("-", "--detection", "user", given="{}")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--since", "yesterday"], id="a time that is none"),
        pytest.param(["--processes", "0"], id="no process"),
        pytest.param(["-", "--since", "2026-11-02", "--until", "2026-11-02"], id="no time between"),
        pytest.param([], id="no file"),
    ],
)
def test_wrong_arguments(arguments: list[str]) -> None:
    assert CliRunner().invoke(module.command, arguments).exit_code == 2


def test_the_answer_comes_first_and_the_causes_last(records: str) -> None:
    code, out, err = _run(records)
    lines = out.splitlines()
    assert (code, err, lines[0]) == (
        0,
        "",
        "69 notifications in 3.6 weeks, from 69 hits in 69 records.",
    )
    assert f"1. users: {_DEPLOYER}: 60 notifications of 69, 60 hits" in lines


def test_the_summary_has_no_causes(records: str) -> None:
    assert "Loudest causes" not in _run(records, "--summary")[1]


def test_details_of_a_detection(records: str) -> None:
    assert f"  identities           60  {_DEPLOYER}" in _run(records, "--detection", "users")[1]


def test_only_some_days(records: str) -> None:
    _, out, _ = _run(records, "--since", "2026-11-02", "--until", "2026-11-04", "--summary")
    assert out.startswith("6 notifications in")


def test_an_account_without_records(records: str) -> None:
    _, out, _ = _run(records, "--account", "123456789012")
    assert out == "None of 69 records is an event of the selected times and accounts.\n"


def test_an_account_that_is_no_account_is_an_error(records: str) -> None:
    with pytest.raises(click.BadParameter, match='"123" is not the 12 digits of an account'):
        _run(records, "--account", "123")


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        pytest.param("missing/report.html", "no such directory: ", id="no directory"),
        pytest.param(".", "this is a directory; name a file", id="a directory"),
    ],
)
def test_a_page_that_cannot_be_written_is_named_before_anything_is_read(
    tmp_path: Path, path: str, problem: str
) -> None:
    with pytest.raises(OutputError) as error:
        _run("/no/such/file", "--html", str(tmp_path / path))
    assert error.value.reason.startswith(problem)


def test_a_page_is_not_written_to_standard_output() -> None:
    with pytest.raises(OutputError) as error:
        _run("/no/such/file", "--html", "-")
    assert error.value.reason.startswith("standard output has the report already; name a file")


def test_a_page_is_written_besides_the_report(tmp_path: Path, records: str) -> None:
    page = tmp_path / "report.html"
    code, out, _ = _run(records, "--html", str(page))
    assert (code, out) == _run(records)[:2]
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["month.json", "report.html"]


def test_markdown(records: str) -> None:
    code, out, _ = _run(records, "--markdown")
    assert (code, out.partition("\n")[0]) == (
        0,
        "**69 notifications in 3.6 weeks, from 69 hits in 69 records.**",
    )


def test_json(records: str) -> None:
    code, out, _ = _run(records, "--json")
    document = json.loads(out)
    assert (code, document["notifications"], document["detections"][0]["id"]) == (
        0,
        {"low": 69, "typical": 69, "high": 69},
        "users",
    )


def test_an_exclusion_makes_exactly_the_difference_that_was_announced(
    monkeypatch: pytest.MonkeyPatch, records: str
) -> None:
    before = json.loads(_run(records, "--json")[1])
    cause = before["causes"][0]
    _use(monkeypatch, cause["toml"])
    after = json.loads(_run(records, "--json")[1])
    assert after["notifications"] == cause["with_exclusion"]
    lost = before["detections"][0]["identities"].keys() - after["detections"][0]["identities"]
    assert lost == {_DEPLOYER}
    assert before["detections"][0]["hits"] - after["detections"][0]["hits"] == cause["hits"] == 60
