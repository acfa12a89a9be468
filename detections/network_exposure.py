"""Security groups that allow connections from the internet."""

from detections._conditions import calls
from trailbell import (
    ACCOUNT,
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
)

_SECURITY_GROUP_ID = "sg-0123456789abcdef0"


def _ssh_rule(*addresses: str) -> dict[str, object]:
    """A security group rule that allows SSH from IP address ranges."""
    return {
        "ipProtocol": "tcp",
        "fromPort": 22,
        "toPort": 22,
        "groups": {},
        "ipRanges": {"items": [{"cidrIp": address} for address in addresses]},
        "ipv6Ranges": {},
        "prefixListIds": {},
    }


def _added_rules(**addresses: tuple[str, ...]) -> dict[str, object]:
    """The response to a call that allows SSH from ranges, by the names of their fields."""
    return {
        "_return": True,
        "securityGroupRuleSet": {
            "items": [
                {
                    "groupOwnerId": ACCOUNT,
                    "groupId": _SECURITY_GROUP_ID,
                    "securityGroupRuleId": f"sgr-0123456789abcde{number:02}",
                    "isEgress": False,
                    "ipProtocol": "tcp",
                    "fromPort": 22,
                    "toPort": 22,
                    name: address,
                }
                for name, ranges in addresses.items()
                for number, address in enumerate(ranges)
            ]
        },
    }


_MODIFIED_RULE = "ModifySecurityGroupRulesRequest.SecurityGroupRule"


def _modified_ssh_rule(
    address: str, identifier: str = "sgr-0123456789abcdef0"
) -> dict[str, object]:
    """A rule as ModifySecurityGroupRules records it: SSH from an IP address range."""
    return {
        "SecurityGroupRuleId": identifier,
        "SecurityGroupRule": {
            "IpProtocol": "tcp",
            "FromPort": 22,
            "ToPort": 22,
            "CidrIpv4": address,
        },
    }


# Since July 2021, the response lists what was added as one flat array, whatever the form of the
# call. The request is an array of arrays: the first ranges of it are for older records. '/0' is the
# whole internet, '/1' is one half of it, whatever the address before it. Rules that are modified in
# place are an object if there is one, otherwise an array; the call does not say whether they are
# inbound or outbound. The field of the record:
# https://github.com/aws-samples/cloud-trail-lake-query-samples
_RANGES = (
    ("responseElements.securityGroupRuleSet.items[*].cidrIpv4", "/0", "/1"),
    ("responseElements.securityGroupRuleSet.items[*].cidrIpv6", "/0"),
    ("responseElements.securityGroupRuleSet.items[0].cidrIpv6", "/1"),
    ("requestParameters.cidrIp", "/0"),
    ("requestParameters.ipPermissions.items[0].ipRanges.items[0].cidrIp", "/0"),
    (f"requestParameters.{_MODIFIED_RULE}.SecurityGroupRule.CidrIpv4", "/0"),
    (f"requestParameters.{_MODIFIED_RULE}.SecurityGroupRule.CidrIpv6", "/0"),
    (f"requestParameters.{_MODIFIED_RULE}[0].SecurityGroupRule.CidrIpv4", "/0"),
    (f"requestParameters.{_MODIFIED_RULE}[0].SecurityGroupRule.CidrIpv6", "/0"),
)
SECURITY_GROUP_OPENED_TO_THE_WORLD = Detection(
    id="security-group-opened-to-the-world",
    title="A security group was opened to 0.0.0.0/0 or ::/0",
    packs=("exposure",),
    severity=Severity.HIGH,
    pattern=all_of(
        calls("ec2", "AuthorizeSecurityGroupIngress", "ModifySecurityGroupRules"),
        any_of(
            *(field(path).ends_with(length) for path, *lengths in _RANGES for length in lengths)
        ),
        # EC2 records no error that is null.
        field("errorCode").missing(),
    ),
    why=(
        "Attackers find remote shells and databases that are open to the internet within minutes "
        "and try passwords until one works."
    ),
    runbook=(
        "Identify the ports (ipPermissions); all except 80 and 443 are urgent.",
        "If it was not planned: revoke the rule, and disable the caller's credentials.",
        "Check flow logs for connections while the rule was in place.",
    ),
    false_positives=(
        "Public load balancers: exclude the deployment role. A rule that is modified in place is "
        "detected even if it is an outbound rule or was open before; the call does not say, and "
        "only the first one of several is checked. Not detected: prefix lists, whose ranges the "
        "call does not name, and denied calls. security-group-changes covers every "
        "call."
    ),
    controls=Controls(related_cis_control=10, mitre_attack=("T1686.001", "T1133")),
    fires=(
        Example(
            "a remote shell is opened to the internet",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                iam_user("mallory"),
                request={
                    "groupId": _SECURITY_GROUP_ID,
                    "ipPermissions": {"items": [_ssh_rule("10.0.0.0/8"), _ssh_rule("0.0.0.0/0")]},
                },
                response=_added_rules(cidrIpv4=("10.0.0.0/8", "0.0.0.0/0")),
            ),
        ),
        Example(
            "a remote shell is opened to both halves of the internet",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                iam_user("mallory"),
                request={
                    "groupId": _SECURITY_GROUP_ID,
                    "ipPermissions": {"items": [_ssh_rule("0.0.0.0/1", "128.0.0.0/1")]},
                },
                response=_added_rules(cidrIpv4=("0.0.0.0/1", "128.0.0.0/1")),
            ),
        ),
        Example(
            "a remote shell is opened to both halves of IPv6",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                iam_user("mallory"),
                request={
                    "groupId": _SECURITY_GROUP_ID,
                    "ipPermissions": {
                        "items": [
                            _ssh_rule()
                            | {
                                "ipv6Ranges": {
                                    "items": [{"cidrIpv6": "::/1"}, {"cidrIpv6": "8000::/1"}]
                                }
                            }
                        ]
                    },
                },
                response=_added_rules(cidrIpv6=("::/1", "8000::/1")),
            ),
        ),
        Example(
            "a remote shell is opened to a network and to all IPv6 addresses",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                identity_center_user("mallory"),
                request={
                    "groupId": _SECURITY_GROUP_ID,
                    "ipPermissions": {
                        "items": [
                            _ssh_rule("10.0.0.0/8")
                            | {
                                "ipv6Ranges": {
                                    "items": [{"cidrIpv6": "fd00::/8"}, {"cidrIpv6": "::/0"}]
                                }
                            }
                        ]
                    },
                },
                response=_added_rules(cidrIpv4=("10.0.0.0/8",), cidrIpv6=("fd00::/8", "::/0")),
            ),
        ),
        Example(
            "a remote shell is opened to the internet, recorded without the added rules",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                iam_user("mallory"),
                request={
                    "groupId": _SECURITY_GROUP_ID,
                    "ipPermissions": {"items": [_ssh_rule("0.0.0.0/0")]},
                },
                response={"_return": True},
            ),
        ),
        Example(
            "the older form of the call opens a remote shell to the internet",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                iam_user("mallory"),
                request={
                    "groupId": _SECURITY_GROUP_ID,
                    "ipPermissions": {},
                    "ipProtocol": "tcp",
                    "fromPort": 22,
                    "toPort": 22,
                    "cidrIp": "0.0.0.0/0",
                },
            ),
        ),
        Example(
            "a rule is modified in place and opens a remote shell to the internet",
            api_call(
                "ec2",
                "ModifySecurityGroupRules",
                iam_user("mallory"),
                request={
                    "ModifySecurityGroupRulesRequest": {
                        "GroupId": _SECURITY_GROUP_ID,
                        "SecurityGroupRule": _modified_ssh_rule("0.0.0.0/0") | {"tag": 1},
                    }
                },
            ),
        ),
        Example(
            "the first of several rules modified in place opens a remote shell to the internet",
            api_call(
                "ec2",
                "ModifySecurityGroupRules",
                identity_center_user("mallory"),
                request={
                    "ModifySecurityGroupRulesRequest": {
                        "GroupId": _SECURITY_GROUP_ID,
                        "SecurityGroupRule": [
                            _modified_ssh_rule("0.0.0.0/0") | {"tag": 1},
                            _modified_ssh_rule("10.0.0.0/8", "sgr-0fedcba9876543210") | {"tag": 2},
                        ],
                    }
                },
            ),
        ),
        Example(
            "a remote shell is opened to all IPv6 addresses",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                identity_center_user("mallory"),
                request={
                    "groupId": _SECURITY_GROUP_ID,
                    "ipPermissions": {
                        "items": [
                            {
                                "ipProtocol": "tcp",
                                "fromPort": 22,
                                "toPort": 22,
                                "ipRanges": {},
                                "ipv6Ranges": {"items": [{"cidrIpv6": "::/0"}]},
                            }
                        ]
                    },
                },
                response=_added_rules(cidrIpv6=("::/0",)),
            ),
        ),
    ),
    silent=(
        Example(
            "a remote shell is opened to one office",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                iam_user("alice"),
                request={
                    "groupId": _SECURITY_GROUP_ID,
                    "ipPermissions": {"items": [_ssh_rule("192.0.2.0/24")]},
                },
                response=_added_rules(cidrIpv4=("192.0.2.0/24",)),
            ),
        ),
        Example(
            "a remote shell is opened to a network whose length ends with the digit of a half",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                iam_user("alice"),
                request={
                    "groupId": _SECURITY_GROUP_ID,
                    "ipPermissions": {"items": [_ssh_rule("10.32.0.0/11", "10.0.0.0/10")]},
                },
                response=_added_rules(cidrIpv4=("10.32.0.0/11", "10.0.0.0/10")),
            ),
        ),
        Example(
            "a rule is modified in place to allow one office",
            api_call(
                "ec2",
                "ModifySecurityGroupRules",
                iam_user("alice"),
                request={
                    "ModifySecurityGroupRulesRequest": {
                        "GroupId": _SECURITY_GROUP_ID,
                        "SecurityGroupRule": _modified_ssh_rule("192.0.2.0/24") | {"tag": 1},
                    }
                },
            ),
        ),
        Example(
            "an outbound rule to the internet is added",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupEgress",
                assumed_role_identity("Deployer"),
                request={
                    "groupId": _SECURITY_GROUP_ID,
                    "ipPermissions": {"items": [_ssh_rule("0.0.0.0/0")]},
                },
            ),
        ),
        Example(
            "a rule for the internet is revoked",
            api_call(
                "ec2",
                "RevokeSecurityGroupIngress",
                iam_user("alice"),
                request={
                    "groupId": _SECURITY_GROUP_ID,
                    "ipPermissions": {"items": [_ssh_rule("0.0.0.0/0")]},
                },
            ),
        ),
        Example(
            "a call to add an existing rule fails",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                assumed_role_identity("Deployer"),
                request={
                    "groupId": _SECURITY_GROUP_ID,
                    "ipPermissions": {"items": [_ssh_rule("0.0.0.0/0")]},
                },
                error="Client.InvalidPermission.Duplicate",
            ),
        ),
    ),
)
