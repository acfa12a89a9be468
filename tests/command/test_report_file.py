"""A file that a command writes at its end."""

import os
from pathlib import Path

import pytest

from trailbell.command.report_file import check_writable, write_file
from trailbell.errors import OutputError


def test_a_new_file_has_the_permissions_of_new_files(tmp_path: Path) -> None:
    report, usual = tmp_path / "report.html", tmp_path / "usual"
    usual.touch()
    check_writable(report)
    write_file(report, "é")
    assert report.read_bytes() == "é".encode()
    assert report.stat().st_mode == usual.stat().st_mode
    assert sorted(tmp_path.iterdir()) == [report, usual]


def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text("old")
    report.chmod(0o600)
    write_file(report, "new")
    assert (report.read_text(), report.stat().st_mode & 0o777) == ("new", 0o600)


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    check_writable(link)
    write_file(link, "new")
    assert (link.is_symlink(), target.read_text()) == (True, "new")


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        check_writable(pipe)
        write_file(pipe, "text")
        assert (os.read(reader, 100), pipe.is_fifo()) == (b"text", True)
    finally:
        os.close(reader)


def test_a_link_that_someone_prepared_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / ".report.html.new").symlink_to(victim)
    write_file(tmp_path / "report.html", "new")
    assert victim.read_text() == "precious"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        pytest.param("", "this is a directory; name a file", id="a folder"),
        pytest.param("none/report.html", "no such directory: {folder}/none", id="no folder"),
    ],
)
def test_where_no_file_can_be_written(tmp_path: Path, name: str, problem: str) -> None:
    with pytest.raises(OutputError) as caught:
        check_writable(tmp_path / name)
    assert problem.format(folder=tmp_path.resolve()) in str(caught.value)


def test_a_folder_in_which_the_file_cannot_be_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "report.html"
    report.touch()
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) == report)  # root may do anything
    with pytest.raises(OutputError, match="permission denied"):
        check_writable(report)
