"""What can reach what: security groups, routes, network ACLs."""

from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.samples import api_call, iam_user, role

# Names stand unquoted and in the order of CIS: that is how auditors look for them.
# https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html

SECURITY_GROUP_CHANGES = Detection(
    id="security-group-changes",
    title="A security group was changed",
    packs=(Pack.ESSENTIALS, Pack.CIS),
    severity=Severity.MEDIUM,
    pattern=(
        "{ ($.eventName = AuthorizeSecurityGroupIngress)"
        " || ($.eventName = AuthorizeSecurityGroupEgress)"
        " || ($.eventName = RevokeSecurityGroupIngress)"
        " || ($.eventName = RevokeSecurityGroupEgress)"
        " || ($.eventName = CreateSecurityGroup) || ($.eventName = DeleteSecurityGroup)"
        " || ($.eventName = ModifySecurityGroupRules) }"
    ),
    why=(
        "Security groups are the firewall of each instance. One rule opens a database or a remote "
        "shell to the internet, and one more lets data out."
    ),
    respond=(
        "See which ports were opened to whom; 0.0.0.0/0 and ::/0 are the whole internet.",
        "If nobody planned it: revoke the rule, and disable who added it.",
        "Check flow logs for who came through while it was open.",
    ),
    false_alarms=(
        "Every deployment that touches a security group, and load balancers made by Kubernetes. "
        "Exclude those roles; security-group-opened-to-the-world tells the worst of it by itself."
    ),
    controls=Controls(cis=10, attack=("T1686.001",)),
    original="security group changes",
    changed=(
        "The original missed ModifySecurityGroupRules, which changes rules in place, and its "
        "wildcards passed no auditor."
    ),
    fires=(
        Example(
            "a remote shell is opened to the internet",
            api_call(
                "ec2",
                "AuthorizeSecurityGroupIngress",
                iam_user("alice"),
                request={
                    "groupId": "sg-0123456789abcdef0",
                    "ipPermissions": {
                        "items": [
                            {
                                "ipProtocol": "tcp",
                                "fromPort": 22,
                                "toPort": 22,
                                "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]},
                            }
                        ]
                    },
                },
            ),
        ),
        Example(
            "a rule is changed in place",
            api_call(
                "ec2",
                "ModifySecurityGroupRules",
                role("Deployer"),
                request={"ModifySecurityGroupRulesRequest": {"GroupId": "sg-0123456789abcdef0"}},
            ),
        ),
        Example(
            "a security group is deleted",
            api_call(
                "ec2",
                "DeleteSecurityGroup",
                role("Deployer"),
                request={"groupId": "sg-0123456789abcdef0"},
            ),
        ),
    ),
    silent=(
        Example(
            "only the description of a rule is changed",
            api_call("ec2", "UpdateSecurityGroupRuleDescriptionsIngress", role("Deployer")),
        ),
        Example(
            "security groups are listed",
            api_call("ec2", "DescribeSecurityGroups", iam_user("alice"), read_only=True),
        ),
        Example(
            "a cache's security group is created, which is another thing",
            api_call("elasticache", "CreateCacheSecurityGroup", role("Deployer")),
        ),
    ),
)

ROUTE_TABLE_CHANGES = Detection(
    id="route-table-changes",
    title="Routing in a VPC was changed",
    packs=(Pack.ESSENTIALS,),
    severity=Severity.MEDIUM,
    pattern=(
        "{ ($.eventSource = ec2.amazonaws.com) && (($.eventName = CreateRoute)"
        " || ($.eventName = CreateRouteTable) || ($.eventName = ReplaceRoute)"
        " || ($.eventName = ReplaceRouteTableAssociation) || ($.eventName = DeleteRouteTable)"
        " || ($.eventName = DeleteRoute) || ($.eventName = DisassociateRouteTable)"
        " || ($.eventName = AssociateRouteTable) || ($.eventName = CreateVpnConnectionRoute)"
        " || ($.eventName = DeleteVpnConnectionRoute)"
        " || ($.eventName = EnableVgwRoutePropagation)"
        " || ($.eventName = DisableVgwRoutePropagation)) }"
    ),
    why=(
        "Routes decide where traffic goes. A changed one sends it past the firewall, to somebody "
        "who reads along, or nowhere."
    ),
    respond=(
        "See which destination now goes where; a new internet or peering route matters most.",
        "If nobody planned it: put the old route back, and disable who changed it.",
        "Check flow logs for traffic that took the new way.",
    ),
    false_alarms=(
        "Deployments that make VPCs, VPNs and transit gateways. Exclude the roles that deploy."
    ),
    controls=Controls(cis=13, attack=("T1599",)),
    original="route table changes",
    changed=(
        "The same calls, by their names instead of wildcards, which passed no auditor: those of "
        "CIS first and in its order, then those that CIS leaves out."
    ),
    fires=(
        Example(
            "a route to the internet is added",
            api_call(
                "ec2",
                "CreateRoute",
                iam_user("alice"),
                request={
                    "routeTableId": "rtb-0123456789abcdef0",
                    "destinationCidrBlock": "0.0.0.0/0",
                    "gatewayId": "igw-0123456789abcdef0",
                },
            ),
        ),
        Example(
            "a subnet is given another route table",
            api_call(
                "ec2",
                "AssociateRouteTable",
                role("Deployer"),
                request={
                    "routeTableId": "rtb-0123456789abcdef0",
                    "subnetId": "subnet-0123456789abcdef0",
                },
            ),
        ),
    ),
    silent=(
        Example(
            "a route of App Mesh is created, which is another thing",
            api_call("appmesh", "CreateRoute", role("Deployer"), request={"meshName": "shop"}),
        ),
        Example(
            "a transit gateway's route table is made, which is another thing",
            api_call("ec2", "CreateTransitGatewayRouteTable", role("Deployer")),
        ),
        Example(
            "route tables are listed",
            api_call("ec2", "DescribeRouteTables", iam_user("alice"), read_only=True),
        ),
    ),
)

NETWORK_ACL_CHANGES = Detection(
    id="network-acl-changes",
    title="A network ACL was changed",
    packs=(Pack.ESSENTIALS, Pack.CIS),
    exact=True,
    severity=Severity.MEDIUM,
    pattern=(
        "{($.eventName=CreateNetworkAcl) || ($.eventName=CreateNetworkAclEntry)"
        " || ($.eventName=DeleteNetworkAcl) || ($.eventName=DeleteNetworkAclEntry)"
        " || ($.eventName=ReplaceNetworkAclEntry) || ($.eventName=ReplaceNetworkAclAssociation)}"
    ),
    why=(
        "Network ACLs guard whole subnets, behind every security group. One entry more or less "
        "lets in what they kept out."
    ),
    respond=(
        "See which entry changed: rule number, addresses, ports, allow or deny.",
        "If nobody planned it: put the old entry back, and disable who changed it.",
        "Check flow logs of the subnets for who came through.",
    ),
    false_alarms=(
        "Deployments that make VPCs. Security Hub wants the text to the letter, so it may not be "
        "tuned; network ACLs change rarely elsewhere."
    ),
    controls=Controls(cis=11, attack=("T1686.001",)),
    original="NACL changes",
    changed="The same six calls, by their names as CIS lists them, instead of wildcards.",
    fires=(
        Example(
            "an entry that lets the internet in is added",
            api_call(
                "ec2",
                "CreateNetworkAclEntry",
                iam_user("alice"),
                request={
                    "networkAclId": "acl-0123456789abcdef0",
                    "ruleNumber": 1,
                    "egress": False,
                    "ruleAction": "allow",
                    "cidrBlock": "0.0.0.0/0",
                    "aclProtocol": "-1",
                },
            ),
        ),
        Example(
            "a subnet is given another ACL",
            api_call(
                "ec2",
                "ReplaceNetworkAclAssociation",
                role("Deployer"),
                request={"networkAclId": "acl-0123456789abcdef0"},
            ),
        ),
    ),
    silent=(
        Example(
            "network ACLs are listed",
            api_call("ec2", "DescribeNetworkAcls", iam_user("alice"), read_only=True),
        ),
        Example(
            "a web ACL is made, which is another thing",
            api_call("wafv2", "CreateWebACL", role("Deployer"), request={"name": "shop"}),
        ),
        Example(
            "an ACL of a bucket is set, which is another thing",
            api_call("s3", "PutBucketAcl", role("Deployer"), request={"bucketName": "shop"}),
        ),
    ),
)
