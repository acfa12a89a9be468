"""The Regions for which templates are validated."""

import re

import pytest
from cfnlint.helpers import REGIONS

from trailbell.errors import UnknownNameError
from trailbell.settings.texts import REGION_PATTERN
from trailbell.validate.regions import DEFAULT, check_regions, known_regions


@pytest.mark.parametrize(
    ("requested", "expected"),
    [
        pytest.param([], DEFAULT, id="none: the default"),
        pytest.param(["eu-west-1"], ("eu-west-1",), id="one"),
        pytest.param(
            ["us-west-2", "eu-west-1", "us-west-2"], ("us-west-2", "eu-west-1"), id="twice"
        ),
        pytest.param(["cn-north-1", "us-gov-east-1"], ("cn-north-1", "us-gov-east-1"), id="others"),
    ],
)
def test_regions(requested: list[str], expected: tuple[str, ...]) -> None:
    assert check_regions(requested) == expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("eu-west-11", 'unknown Region "eu-west-11"; did you mean "eu-west-1"?'),
        ("sam", f'unknown Region "sam"; known: {", ".join(known_regions())}'),
    ],
)
def test_an_unknown_region(name: str, message: str) -> None:
    with pytest.raises(UnknownNameError) as raised:
        check_regions(["us-east-1", name])
    assert str(raised.value) == message


def test_the_regions_are_those_of_cfn_lint() -> None:
    assert known_regions() == tuple(sorted(REGIONS))


def test_settings_accept_every_known_region() -> None:
    assert [name for name in known_regions() if not re.fullmatch(REGION_PATTERN, name)] == []
