"""The fifteen controls, and their numbers."""

import pytest

from trailbell.audit.controls import CONTROLS


def _cis(item: int, *, in_first_version: bool = True) -> dict[str, str]:
    in_section_4 = ("1.3", "1.4", "1.5", "2.0", "3.0", "4.0", "5.0")
    return (
        ({"1.2": f"3.{item}"} if in_first_version else {})
        | dict.fromkeys(in_section_4, f"4.{item}")
        | dict.fromkeys(("6.0", "7.0"), f"5.{item}")
    )


@pytest.mark.parametrize(
    ("key", "cis", "security_hub"),
    [
        pytest.param(
            "organizations-changes",
            _cis(15, in_first_version=False),
            "",
            id="Organizations is not in CIS 1.2 and not in Security Hub",
        ),
        pytest.param("unauthorized-api-calls", _cis(1), "CloudWatch.2", id="the first is second"),
        pytest.param(
            "console-sign-in-without-mfa",
            _cis(2),
            "CloudWatch.3",
            id="the second is third",
        ),
        pytest.param("root-account-use", _cis(3), "CloudWatch.1", id="the third is first"),
        pytest.param("vpc-changes", _cis(14), "CloudWatch.14", id="others have the same number"),
    ],
)
def test_numbers(key: str, cis: dict[str, str], security_hub: str) -> None:
    (control,) = (control for control in CONTROLS if control.key == key)
    assert (control.cis, control.security_hub) == (cis, security_hub)


def test_order() -> None:
    assert [control.cis_item for control in CONTROLS] == list(range(1, 16))
