"""The file of the settings is replaced as a whole, or not at all."""

import os
from pathlib import Path

import pytest

from trailbell.errors import OutputError, SettingsError
from trailbell.replay.tuning.settings_file import read_settings_file, write_settings_file


def test_a_missing_file_is_created(tmp_path: Path) -> None:
    path = tmp_path / "trailbell.toml"
    file = read_settings_file(path)
    assert (file.content, file.text) == (None, "")
    write_settings_file(file, "[lint]\n")
    assert path.read_bytes() == b"[lint]\n"
    assert [each.name for each in tmp_path.iterdir()] == ["trailbell.toml"]


def test_byte_order_mark_line_breaks_and_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / "trailbell.toml"
    path.write_bytes(b"\xef\xbb\xbf# \xc3\xa9\r\n")
    path.chmod(0o640)
    file = read_settings_file(path)
    assert file.text == "# é\r\n"
    write_settings_file(file, file.text + "[lint]\r\n")
    assert path.read_bytes() == b"\xef\xbb\xbf# \xc3\xa9\r\n[lint]\r\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "shared.toml", tmp_path / "trailbell.toml"
    target.write_text("# a\n")
    link.symlink_to(target)
    write_settings_file(read_settings_file(link), "# b\n")
    assert (link.is_symlink(), target.read_text()) == (True, "# b\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("# a\n", "# b\n", id="changed"),
        pytest.param(None, "# b\n", id="created"),
        pytest.param("# a\n", None, id="removed"),
    ],
)
def test_a_file_that_is_not_the_one_that_was_read_stays(
    before: str | None, after: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "trailbell.toml"
    for step, text in enumerate((before, after)):
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text)
        if not step:
            file = read_settings_file(path)
    with pytest.raises(OutputError) as raised:
        write_settings_file(file, "# c\n")
    assert str(raised.value) == (
        f"cannot write {path}: it was changed while the records were read; no files were changed"
    )
    assert (path.read_text() if path.exists() else None) == after
    assert len(list(tmp_path.iterdir())) == (after is not None)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    path = tmp_path / "trailbell.toml"
    path.write_text("# a\n")
    file = read_settings_file(path)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError):
            write_settings_file(file, "# b\n")
    finally:
        tmp_path.chmod(0o700)
    assert path.read_text() == "# a\n"


def test_a_file_that_cannot_be_written_stays(tmp_path: Path) -> None:
    path = tmp_path / "trailbell.toml"
    path.write_text("# a\n")
    (tmp_path / ".trailbell.toml.new").mkdir()
    with pytest.raises(OutputError) as raised:
        write_settings_file(read_settings_file(path), "# b\n")
    assert str(raised.value) == f"cannot write {path}: is a directory; no files were changed"
    assert path.read_text() == "# a\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"\xff", "not UTF-8 text (byte 1); name a TOML file", id="no text"),
        pytest.param(None, "is a directory; name a TOML file", id="a folder"),
    ],
)
def test_a_file_that_cannot_be_read(content: bytes | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "trailbell.toml"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(SettingsError) as raised:
        read_settings_file(path)
    assert str(raised.value) == f"{path}: {message}"
