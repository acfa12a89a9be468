"""New services of the SDK, about which nothing is decided."""

import pytest

from trailbell.radar.new_services import ServiceSweep, Unwatched, sweep_services


def _entry(*services: str, is_shipped: bool = False) -> Unwatched:
    return Unwatched(services, "They serve applications.", "2026-11-26", "radar.toml:1", is_shipped)


_MODELS = ("guardduty", "polly", "braket")
_OLD = _entry("polly", "braket", "honeycode")


@pytest.mark.parametrize(
    ("unwatched", "result"),
    [
        pytest.param([_entry("polly", "braket")], ServiceSweep(), id="all are decided"),
        pytest.param(
            [_entry("guardduty", "polly", "braket")],
            ServiceSweep(),
            id="one that is watched by now, because a detection names it",
        ),
        pytest.param(
            [_entry("polly", "braket", "honeycode", is_shipped=True)],
            ServiceSweep(),
            id="one that the installed SDK does not have, in the file of Trailbell",
        ),
        pytest.param([_entry("polly")], ServiceSweep(new=("braket",)), id="a new service"),
        pytest.param([], ServiceSweep(new=("braket", "polly")), id="several new services"),
        pytest.param(
            [_OLD], ServiceSweep(missing=((_OLD, "honeycode"),)), id="one that does not exist"
        ),
    ],
)
def test_what_is_not_decided(unwatched: list[Unwatched], result: ServiceSweep) -> None:
    assert sweep_services(_MODELS, {"guardduty"}, unwatched) == result
    assert result.has_findings is (result != ServiceSweep())
