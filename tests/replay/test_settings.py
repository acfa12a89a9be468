"""``[replay]`` in ``trailbell.toml``."""

from pathlib import Path

import pytest

from trailbell import settings
from trailbell.errors import SettingsError
from trailbell.replay.settings import ReplaySettings, existing_corpus, read_replay_settings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "[replay]\ncorpus = []",
            "infra/trailbell.toml: replay.corpus: is empty; name a file, a directory or an "
            "s3:// address, or remove the key",
            id="a corpus must have something",
        ),
        pytest.param(
            '[replay]\ncorpus = ["-"]',
            'infra/trailbell.toml: replay.corpus: "-" is neither a file nor a directory; write a '
            "path, or an address such as s3://bucket/prefix",
            id="standard input is no corpus",
        ),
        pytest.param(
            '[replay]\nplaceholders = { LogGrupName = "x" }',
            "infra/trailbell.toml: replay.placeholders.LogGrupName: unknown placeholder; did you "
            'mean "LogGroupName"?',
            id="a placeholder has a known name",
        ),
        pytest.param(
            '[replay]\norganization = "yes"',
            'infra/trailbell.toml: replay.organization: invalid value "yes"; write true or false',
            id="a boolean is no text",
        ),
    ],
)
def test_settings_that_cannot_be_used_are_an_error(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_replay_settings(settings.parse(text, "infra/trailbell.toml"))
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", ReplaySettings(), id="without the table"),
        pytest.param("[replay]", ReplaySettings(), id="an empty table"),
        pytest.param(
            '[replay]\ncorpus = ["logs/", "/var/logs", "s3://bucket/AWSLogs/"]',
            ReplaySettings(corpus=("infra/logs", "/var/logs", "s3://bucket/AWSLogs/")),
            id="paths are relative to the settings",
        ),
        pytest.param(
            '[replay]\norganization = true\nrules = false\nplaceholders.LogGroupName = "trails"',
            ReplaySettings(organization=True, rules=False, placeholders={"LogGroupName": "trails"}),
            id="all others",
        ),
    ],
)
def test_settings_are_read(text: str, expected: ReplaySettings) -> None:
    assert read_replay_settings(settings.parse(text, "infra/trailbell.toml")) == expected


def test_a_corpus_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    file = str(tmp_path / "trailbell.toml")
    (tmp_path / "logs").mkdir()
    table = settings.parse('[replay]\ncorpus = ["logs", "gone", "s3://bucket"]', file)
    with pytest.raises(SettingsError) as error:
        existing_corpus(table)
    assert str(error.value) == (
        f"{file}: replay.corpus: there is no file or directory {tmp_path / 'gone'}; correct the "
        "path, or name files for the command"
    )
    table = settings.parse('[replay]\ncorpus = ["logs", "s3://bucket"]', file)
    assert existing_corpus(table) == (str(tmp_path / "logs"), "s3://bucket")
