"""What a terminal shows during a rollout."""

import pytest

from trailbell.aws.stack_set import AccountRegion, InstanceResult
from trailbell.command.terminal import Terminal, progress_line
from trailbell.rollout.apply.ui import Progress

_A, _B = (
    AccountRegion("111122223333", "eu-central-1"),
    AccountRegion("123456789012", "eu-central-1"),
)


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        pytest.param(
            Progress(stage="rest", total=10),
            "rest: 0 done, 0 running, 10 remaining",
            id="nothing is known",
        ),
        pytest.param(
            Progress(stage="rest", total=5_000, done=1_200, running=50, failed=2, canceled=8,
                     rate=25.0, seconds_remaining=8_976.0),
            "rest: 1,200 done, 50 running, 2 failed, 8 canceled, 3,740 remaining; 25.0 per minute, "
            "about 2 h 29 min remaining",
            id="everything is known",
        ),
    ],
)  # fmt: skip
def test_progress_is_one_line(progress: Progress, expected: str) -> None:
    assert progress_line(progress) == expected


def test_a_reason_of_aws_cannot_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    fresh = (InstanceResult(_B, "FAILED", "\x1b[2Jgone\r"),)
    Terminal().show_progress(Progress(stage="rest", total=1), fresh)
    assert capsys.readouterr().err.splitlines() == [
        "  123456789012 eu-central-1 FAILED: \\x1b[2Jgone\\r",
        "rest: 0 done, 0 running, 1 remaining",
    ]


@pytest.mark.parametrize(
    ("total", "lines"),
    [
        pytest.param(
            10,
            [
                "  111122223333 eu-central-1 SUCCEEDED",
                "  123456789012 eu-central-1 FAILED: no role",
                "rest: 1 done, 0 running, 1 failed, 8 remaining",
            ],
            id="few stack instances are listed",
        ),
        pytest.param(
            5_000,
            [
                "  123456789012 eu-central-1 FAILED: no role",
                "rest: 1 done, 0 running, 1 failed, 4,998 remaining",
            ],
            id="of many, only failures are listed",
        ),
    ],
)
def test_what_ended(total: int, lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    fresh = (InstanceResult(_A, "SUCCEEDED", ""), InstanceResult(_B, "FAILED", "no role"))
    Terminal().show_progress(Progress(stage="rest", total=total, done=1, failed=1), fresh)
    assert capsys.readouterr().err.splitlines() == lines


def test_an_update_without_news_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().show_progress(Progress(stage="rest", total=10), ())
    assert capsys.readouterr().err == ""
