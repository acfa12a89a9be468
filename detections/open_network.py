"""What the whole internet reaches from now on: ports, databases."""

from detections._conditions import SUCCEEDED, calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.pattern import all_of, any_of, field
from trailbell.samples import api_call, iam_user, role, sso_person

_GROUP = "sg-0123456789abcdef0"


def _rule(address: str) -> dict[str, object]:
    """A security group rule that lets somebody reach remote shells."""
    return {
        "ipProtocol": "tcp",
        "fromPort": 22,
        "toPort": 22,
        "groups": {},
        "ipRanges": {"items": [{"cidrIp": address}]},
        "ipv6Ranges": {},
        "prefixListIds": {},
    }


_CHANGED = "ModifySecurityGroupRulesRequest.SecurityGroupRule"


def _changed(address: str, identifier: str = "sgr-0123456789abcdef0") -> dict[str, object]:
    """A security group rule that is changed in place, as CloudTrail shows one of several."""
    return {
        "SecurityGroupRuleId": identifier,
        "SecurityGroupRule": {
            "IpProtocol": "tcp",
            "FromPort": 22,
            "ToPort": 22,
            "CidrIpv4": address,
        },
    }


# The rules of one call are an array of arrays, and a selector may hold one wildcard: any range
# of the first rule, and the first range of any rule. '/0' is the whole internet whatever stands
# before it. Rules that are changed in place are an object if it is one, else an array; whether
# they let in or out the call does not say. The member of the record:
# https://github.com/aws-samples/cloud-trail-lake-query-samples
SECURITY_GROUP_OPENED = Detection(
    id="security-group-opened-to-the-world",
    title="A security group was opened to the whole internet",
    packs=(Pack.EXPOSURE,),
    severity=Severity.HIGH,
    pattern=all_of(
        calls("ec2", "AuthorizeSecurityGroupIngress", "ModifySecurityGroupRules"),
        any_of(
            *(
                field(f"requestParameters.{path}").ends_with("/0")
                for path in (
                    "cidrIp",
                    "ipPermissions.items[0].ipRanges.items[*].cidrIp",
                    "ipPermissions.items[*].ipRanges.items[0].cidrIp",
                    "ipPermissions.items[*].ipv6Ranges.items[0].cidrIpv6",
                    f"{_CHANGED}.SecurityGroupRule.CidrIpv4",
                    f"{_CHANGED}.SecurityGroupRule.CidrIpv6",
                    f"{_CHANGED}[0].SecurityGroupRule.CidrIpv4",
                    f"{_CHANGED}[0].SecurityGroupRule.CidrIpv6",
                )
            )
        ),
        SUCCEEDED,
    ),
    why=(
        "Remote shells and databases that the whole internet reaches are found within minutes, "
        "and tried until something gives."
    ),
    respond=(
        "See which ports it was; anything but 80 and 443 is urgent.",
        "If nobody planned it: revoke the rule, and disable who added it.",
        "Check flow logs for who came through while it was open.",
    ),
    false_alarms=(
        "Load balancers that are meant for everybody: exclude the role that deploys them. A rule "
        "that is changed in place rings also if it lets out, which the call does not say, or was "
        "open before. Of several rules in one call not every range can be seen; "
        "security-group-changes tells of each call."
    ),
    controls=Controls(relates_to=10, attack=("T1686.001", "T1133")),
    fires=(
        Example(
            "a remote shell is opened to the internet",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                iam_user("mallory"),
                request={
                    "groupId": _GROUP,
                    "ipPermissions": {"items": [_rule("10.0.0.0/8"), _rule("0.0.0.0/0")]},
                },
            ),
        ),
        Example(
            "an old form of the call opens it",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                iam_user("mallory"),
                request={
                    "groupId": _GROUP,
                    "ipPermissions": {},
                    "ipProtocol": "tcp",
                    "fromPort": 22,
                    "toPort": 22,
                    "cidrIp": "0.0.0.0/0",
                },
            ),
        ),
        Example(
            "a rule is changed in place and opens it",
            api_call(
                "ec2",
                "ModifySecurityGroupRules",
                iam_user("mallory"),
                request={
                    "ModifySecurityGroupRulesRequest": {
                        "GroupId": _GROUP,
                        "SecurityGroupRule": _changed("0.0.0.0/0") | {"tag": 1},
                    }
                },
            ),
        ),
        Example(
            "several rules are changed in place and the first opens it",
            api_call(
                "ec2",
                "ModifySecurityGroupRules",
                sso_person("mallory"),
                request={
                    "ModifySecurityGroupRulesRequest": {
                        "GroupId": _GROUP,
                        "SecurityGroupRule": [
                            _changed("0.0.0.0/0") | {"tag": 1},
                            _changed("10.0.0.0/8", "sgr-0fedcba9876543210") | {"tag": 2},
                        ],
                    }
                },
            ),
        ),
        Example(
            "it is opened to the internet of IPv6",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                sso_person("mallory"),
                request={
                    "groupId": _GROUP,
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
                request={"groupId": _GROUP, "ipPermissions": {"items": [_rule("192.0.2.0/24")]}},
            ),
        ),
        Example(
            "a rule is changed in place to one office",
            api_call(
                "ec2",
                "ModifySecurityGroupRules",
                iam_user("alice"),
                request={
                    "ModifySecurityGroupRulesRequest": {
                        "GroupId": _GROUP,
                        "SecurityGroupRule": _changed("192.0.2.0/24") | {"tag": 1},
                    }
                },
            ),
        ),
        Example(
            "a way out to the internet is opened",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupEgress",
                role("Deployer"),
                request={"groupId": _GROUP, "ipPermissions": {"items": [_rule("0.0.0.0/0")]}},
            ),
        ),
        Example(
            "a rule for the internet is revoked",
            api_call(
                "ec2",
                "RevokeSecurityGroupIngress",
                iam_user("alice"),
                request={"groupId": _GROUP, "ipPermissions": {"items": [_rule("0.0.0.0/0")]}},
            ),
        ),
        Example(
            "a rule that is there already is added, which fails",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                role("Deployer"),
                request={"groupId": _GROUP, "ipPermissions": {"items": [_rule("0.0.0.0/0")]}},
                error="Client.InvalidPermission.Duplicate",
            ),
        ),
    ),
)

DATABASE_MADE_PUBLIC = Detection(
    id="database-made-public",
    title="A database was given a public address",
    packs=(Pack.EXPOSURE,),
    severity=Severity.HIGH,
    pattern=all_of(
        field("eventSource").one_of(
            "rds.amazonaws.com", "redshift.amazonaws.com", "redshift-serverless.amazonaws.com"
        ),
        field("requestParameters.publiclyAccessible").is_true(),
        SUCCEEDED,
    ),
    why=(
        "With a public address only the security group and a password stand between the internet "
        "and the data. A snapshot that is restored so is a way to carry data off."
    ),
    respond=(
        "See whether the security groups let the internet in; close them first.",
        "If nobody planned it: modify the database, or delete the restored copy.",
        "Change the master password if it came from the same caller.",
    ),
    false_alarms=(
        "Databases for tests. Exclude the role that makes them. Where the request does not say, "
        "the address depends on the subnets, and this is silent."
    ),
    controls=Controls(attack=("T1213.006", "T1578.002")),
    fires=(
        Example(
            "a database is made public",
            api_call(
                "rds",
                "ModifyDBInstance",
                iam_user("mallory"),
                request={"dBInstanceIdentifier": "shop", "publiclyAccessible": True},
            ),
        ),
        Example(
            "a warehouse without servers is made public",
            api_call(
                "redshift-serverless",
                "UpdateWorkgroup",
                iam_user("mallory"),
                request={"workgroupName": "shop", "publiclyAccessible": True},
            ),
        ),
        Example(
            "a replica with a public address is made",
            api_call(
                "rds",
                "CreateDBInstanceReadReplica",
                iam_user("mallory"),
                request={
                    "dBInstanceIdentifier": "copy",
                    "sourceDBInstanceIdentifier": "shop",
                    "publiclyAccessible": True,
                },
            ),
        ),
        Example(
            "a snapshot is restored with a public address",
            api_call(
                "rds",
                "RestoreDBInstanceFromDBSnapshot",
                sso_person("mallory"),
                request={
                    "dBInstanceIdentifier": "copy",
                    "dBSnapshotIdentifier": "shop",
                    "publiclyAccessible": True,
                },
            ),
        ),
    ),
    silent=(
        Example(
            "a database is made private",
            api_call(
                "rds",
                "ModifyDBInstance",
                iam_user("alice"),
                request={"dBInstanceIdentifier": "shop", "publiclyAccessible": False},
            ),
        ),
        Example(
            "the master password of a database is changed",
            api_call(
                "rds",
                "ModifyDBInstance",
                iam_user("alice"),
                request={
                    "dBInstanceIdentifier": "shop",
                    "masterUserPassword": "HIDDEN_DUE_TO_SECURITY_REASONS",
                },
            ),
        ),
        Example(
            "a database is made public, which was refused",
            api_call(
                "rds",
                "ModifyDBInstance",
                iam_user("mallory"),
                request={"dBInstanceIdentifier": "shop", "publiclyAccessible": True},
                error="AccessDenied",
            ),
        ),
    ),
)
