"""The rule W9846: private addresses."""

import pytest

from tests.validate.policy_cases import PATH, allow, conditional, identity
from tests.validate.rule_matches import Matches, Resources, fires, ref, rule_matches, silent
from trailbell.validate.template_rules.PolicyPrivateAddress import PolicyPrivateAddress

_SOURCE = f"{PATH}.Condition.IpAddress.aws:SourceIp"


def _private(address: str, path: str = _SOURCE) -> tuple[str, str]:
    return (
        path,
        (
            f"{address} is private, and aws:SourceIp is a public address. Use aws:VpcSourceIp and "
            "aws:SourceVpc."
        ),
    )


_OF_VPC = {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}
_CASES = [
    silent("a public range", conditional(IpAddress={"aws:SourceIp": "203.0.113.0/24"})),
    silent("every address", conditional(IpAddress={"aws:SourceIp": "0.0.0.0/0"})),
    silent("a range that has private ones", conditional(IpAddress={"aws:SourceIp": "8.0.0.0/5"})),
    silent("no address", conditional(IpAddress={"aws:SourceIp": "office"})),
    silent("a parameter", conditional(IpAddress={"aws:SourceIp": ref("Range")})),
    silent("a public address of IPv6", conditional(IpAddress={"aws:SourceIp": "2001:db8::/32"})),
    silent(
        "an address in a VPC",
        identity(allow(Condition=_OF_VPC | {"StringEquals": {"aws:SourceVpc": "vpc-1"}})),
    ),
    silent("an address that is denied", identity(allow(Effect="Deny", Condition=_OF_VPC))),
    fires(
        "a private range",
        conditional(IpAddress={"aws:SourceIp": "10.0.0.0/8"}),
        _private("10.0.0.0/8"),
    ),
    fires(
        "one of two",
        conditional(IpAddress={"aws:SourceIp": ["203.0.113.0/24", "192.168.1.7"]}),
        _private("192.168.1.7"),
    ),
    fires(
        "a private address of IPv6",
        conditional(IpAddress={"aws:SourceIp": "fd00::1"}),
        _private("fd00::1"),
    ),
    fires(
        "all but a private range, denied",
        identity(allow(Effect="Deny", Condition={"NotIpAddress": {"aws:SourceIp": "172.16.0.1"}})),
        _private("172.16.0.1", f"{PATH}.Condition.NotIpAddress.aws:SourceIp"),
    ),
    fires(
        "an address of any VPC",
        identity(allow(Condition=_OF_VPC)),
        (
            f"{PATH}.Condition.IpAddress.aws:VpcSourceIp",
            "Every VPC can have this address. Add a condition on aws:SourceVpc or aws:SourceVpce.",
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyPrivateAddress(), resources) == findings
