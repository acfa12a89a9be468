"""Exposure to the internet over the network: security groups, databases."""

from detections._conditions import SUCCEEDED, calls
from trailbell import (
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


def _ssh_rule(address: str) -> dict[str, object]:
    """A security group rule that allows SSH from an IP address range."""
    return {
        "ipProtocol": "tcp",
        "fromPort": 22,
        "toPort": 22,
        "groups": {},
        "ipRanges": {"items": [{"cidrIp": address}]},
        "ipv6Ranges": {},
        "prefixListIds": {},
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


# The rules of one call are an array of arrays, and a selector can have one wildcard: any range of
# the first rule, and the first range of any rule. '/0' is the whole internet, whatever the address
# before it. Rules that are modified in place are an object if there is one, otherwise an array; the
# call does not say whether they are inbound or outbound. The field of the record:
# https://github.com/aws-samples/cloud-trail-lake-query-samples
SECURITY_GROUP_OPENED_TO_THE_WORLD = Detection(
    id="security-group-opened-to-the-world",
    title="A security group was opened to 0.0.0.0/0 or ::/0",
    packs=("exposure",),
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
                    f"{_MODIFIED_RULE}.SecurityGroupRule.CidrIpv4",
                    f"{_MODIFIED_RULE}.SecurityGroupRule.CidrIpv6",
                    f"{_MODIFIED_RULE}[0].SecurityGroupRule.CidrIpv4",
                    f"{_MODIFIED_RULE}[0].SecurityGroupRule.CidrIpv6",
                )
            )
        ),
        SUCCEEDED,
    ),
    why=(
        "Attackers find remote shells and databases that are open to the internet within minutes "
        "and try passwords until one works."
    ),
    runbook=(
        "Identify the ports; all except 80 and 443 are urgent.",
        "If it was not planned: revoke the rule, and disable the caller's credentials.",
        "Check flow logs for connections while the rule was in place.",
    ),
    false_positives=(
        "Public load balancers: exclude the deployment role. A rule that is modified in place is "
        "detected even if it is an outbound rule or was open before; the call does not say. If one "
        "call adds several rules, not every range can be checked; security-group-changes covers "
        "every call. Denied calls are not detected."
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

DATABASE_MADE_PUBLIC = Detection(
    id="database-made-public",
    title="A database was made publicly accessible",
    packs=("exposure",),
    severity=Severity.HIGH,
    pattern=all_of(
        field("eventSource").one_of(
            "rds.amazonaws.com", "redshift.amazonaws.com", "redshift-serverless.amazonaws.com"
        ),
        field("requestParameters.publiclyAccessible").is_true(),
        SUCCEEDED,
    ),
    why=(
        "With a public IP address, only the security group and a password protect the data. "
        "Restoring a snapshot as a public database is a way to exfiltrate it."
    ),
    runbook=(
        "Check whether the security groups allow the internet; restrict them first.",
        "If it was not planned: change the database to private, or delete the restored copy.",
        "Rotate the master password if the same caller set it.",
    ),
    false_positives=(
        "Test databases: exclude the role that creates them. If the request does not set "
        "publiclyAccessible, the default applies, and nothing is detected. Denied calls are not "
        "detected."
    ),
    controls=Controls(mitre_attack=("T1213.006", "T1578.002")),
    fires=(
        Example(
            "a database is made publicly accessible",
            api_call(
                "rds",
                "ModifyDBInstance",
                iam_user("mallory"),
                request={"dBInstanceIdentifier": "shop", "publiclyAccessible": True},
            ),
        ),
        Example(
            "a Redshift Serverless workgroup is made publicly accessible",
            api_call(
                "redshift-serverless",
                "UpdateWorkgroup",
                iam_user("mallory"),
                request={"workgroupName": "shop", "publiclyAccessible": True},
            ),
        ),
        Example(
            "a publicly accessible read replica is created",
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
            "a snapshot is restored as a publicly accessible database",
            api_call(
                "rds",
                "RestoreDBInstanceFromDBSnapshot",
                identity_center_user("mallory"),
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
            "a call to make a database publicly accessible is denied",
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
