"""What auditors want watched of the network, to the letter.

https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.samples import api_call, iam_user, role, sso_person

_VPC = "vpc-0123456789abcdef0"
_RTB = "rtb-0123456789abcdef0"

SECURITY_GROUP_CHANGES_EXACT = Detection(
    id="security-group-changes-exact",
    title="A security group was changed, as auditors count it",
    packs=(Pack.CIS,),
    severity=Severity.LOW,
    exact=True,
    pattern=(
        "{($.eventName=AuthorizeSecurityGroupIngress)"
        " || ($.eventName=AuthorizeSecurityGroupEgress)"
        " || ($.eventName=RevokeSecurityGroupIngress)"
        " || ($.eventName=RevokeSecurityGroupEgress)"
        " || ($.eventName=CreateSecurityGroup) || ($.eventName=DeleteSecurityGroup)}"
    ),
    why=(
        "Security Hub passes its control with these six calls alone. People are told by "
        "security-group-changes, which also sees rules that are changed in place."
    ),
    respond=(
        "Look at security-group-changes, which rings at the same time.",
        "See which ports were opened to whom; 0.0.0.0/0 and ::/0 are the whole internet.",
        "If nobody planned it: revoke the rule, and disable who added it.",
    ),
    false_alarms=(
        "Every deployment that touches a security group. The text may not be tuned, so it rings "
        "the topic for audits; tune security-group-changes instead."
    ),
    controls=Controls(cis=10, attack=("T1686.001",)),
    fires=(
        Example(
            "a database is opened to the internet",
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
                                "fromPort": 5432,
                                "toPort": 5432,
                                "groups": {},
                                "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]},
                                "ipv6Ranges": {},
                                "prefixListIds": {},
                            }
                        ]
                    },
                },
            ),
        ),
        Example(
            "a security group is made",
            api_call(
                "ec2",
                "CreateSecurityGroup",
                role("Deployer"),
                request={"groupName": "shop", "groupDescription": "shop", "vpcId": _VPC},
                response={"groupId": "sg-0123456789abcdef0", "_return": True},
            ),
        ),
    ),
    silent=(
        Example(
            "a rule is changed in place, which the list leaves out",
            api_call(
                "ec2",
                "ModifySecurityGroupRules",
                role("Deployer"),
                request={"ModifySecurityGroupRulesRequest": {"GroupId": "sg-0123456789abcdef0"}},
            ),
        ),
        Example(
            "the description of a rule is changed",
            api_call("ec2", "UpdateSecurityGroupRuleDescriptionsEgress", role("Deployer")),
        ),
        Example(
            "rules are listed",
            api_call("ec2", "DescribeSecurityGroupRules", iam_user("alice"), read_only=True),
        ),
    ),
)

NETWORK_GATEWAY_CHANGES = Detection(
    id="network-gateway-changes",
    title="An internet or customer gateway was made, attached or removed",
    packs=(Pack.CIS,),
    severity=Severity.MEDIUM,
    exact=True,
    pattern=(
        "{($.eventName=CreateCustomerGateway) || ($.eventName=DeleteCustomerGateway)"
        " || ($.eventName=AttachInternetGateway) || ($.eventName=CreateInternetGateway)"
        " || ($.eventName=DeleteInternetGateway) || ($.eventName=DetachInternetGateway)}"
    ),
    why=(
        "A gateway is a door of a private network: to the internet, or to the other end of a VPN. "
        "A new one lets data out; one that is gone cuts people off."
    ),
    respond=(
        "See which VPC the gateway was attached to, and whether that VPC should be private.",
        "If nobody planned it: detach the gateway, and disable who attached it.",
        "Look for routes and public addresses that were added along with it.",
    ),
    false_alarms=(
        "New VPCs, above all those that deployments make for tests. The text may not be tuned; "
        "give the alarm the severity low in accounts where VPCs come and go. NAT, transit and "
        "virtual private gateways are not in it."
    ),
    controls=Controls(cis=12, attack=("T1599", "T1133")),
    fires=(
        Example(
            "an internet gateway is attached to a VPC",
            api_call(
                "ec2",
                "AttachInternetGateway",
                iam_user("alice"),
                request={"internetGatewayId": "igw-0123456789abcdef0", "vpcId": _VPC},
                response={"_return": True},
            ),
        ),
        Example(
            "the other end of a VPN is made",
            api_call(
                "ec2",
                "CreateCustomerGateway",
                role("Deployer"),
                request={"type": "ipsec.1", "ipAddress": "203.0.113.9", "bgpAsn": 65000},
            ),
        ),
    ),
    silent=(
        Example(
            "a gateway for traffic that only goes out is made, which the list leaves out",
            api_call(
                "ec2",
                "CreateEgressOnlyInternetGateway",
                role("Deployer"),
                request={"CreateEgressOnlyInternetGatewayRequest": {"VpcId": _VPC}},
            ),
        ),
        Example(
            "a NAT gateway is made, which the list leaves out",
            api_call(
                "ec2",
                "CreateNatGateway",
                role("Deployer"),
                request={"CreateNatGatewayRequest": {"SubnetId": "subnet-0123456789abcdef0"}},
            ),
        ),
        Example(
            "gateways are listed",
            api_call("ec2", "DescribeInternetGateways", iam_user("alice"), read_only=True),
        ),
    ),
)

ROUTE_TABLE_CHANGES_EXACT = Detection(
    id="route-table-changes-exact",
    title="Routing in a VPC was changed, as auditors count it",
    packs=(Pack.CIS,),
    severity=Severity.LOW,
    exact=True,
    pattern=(
        "{($.eventSource=ec2.amazonaws.com) && (($.eventName=CreateRoute)"
        " || ($.eventName=CreateRouteTable) || ($.eventName=ReplaceRoute)"
        " || ($.eventName=ReplaceRouteTableAssociation) || ($.eventName=DeleteRouteTable)"
        " || ($.eventName=DeleteRoute) || ($.eventName=DisassociateRouteTable))}"
    ),
    why=(
        "Security Hub passes its control with these seven calls alone. People are told by "
        "route-table-changes, which also sees associations and routes of a VPN."
    ),
    respond=(
        "Look at route-table-changes, which rings at the same time.",
        "See which destination now goes where; a new internet or peering route matters most.",
        "If nobody planned it: put the old route back, and disable who changed it.",
    ),
    false_alarms=(
        "Every deployment that makes a VPC. The text may not be tuned, so it rings the topic for "
        "audits; tune route-table-changes instead."
    ),
    controls=Controls(cis=13, attack=("T1599",)),
    fires=(
        Example(
            "a route is sent elsewhere",
            api_call(
                "ec2",
                "ReplaceRoute",
                iam_user("mallory"),
                request={
                    "routeTableId": _RTB,
                    "destinationCidrBlock": "0.0.0.0/0",
                    "networkInterfaceId": "eni-0123456789abcdef0",
                },
            ),
        ),
        Example(
            "a route table is deleted",
            api_call("ec2", "DeleteRouteTable", role("Deployer"), request={"routeTableId": _RTB}),
        ),
    ),
    silent=(
        Example(
            "a subnet is given a route table, which the list leaves out",
            api_call(
                "ec2",
                "AssociateRouteTable",
                role("Deployer"),
                request={"routeTableId": _RTB, "subnetId": "subnet-0123456789abcdef0"},
            ),
        ),
        Example(
            "a route of an API is made, which is another thing",
            api_call("apigateway", "CreateRoute", role("Deployer"), request={"apiId": "a1b2c3"}),
        ),
        Example(
            "route tables are listed",
            api_call("ec2", "DescribeRouteTables", iam_user("alice"), read_only=True),
        ),
    ),
)

VPC_CHANGES = Detection(
    id="vpc-changes",
    title="A VPC or a peering was made, changed or removed",
    packs=(Pack.CIS,),
    severity=Severity.MEDIUM,
    exact=True,
    pattern=(
        "{($.eventName=CreateVpc) || ($.eventName=DeleteVpc) || ($.eventName=ModifyVpcAttribute)"
        " || ($.eventName=AcceptVpcPeeringConnection) || ($.eventName=CreateVpcPeeringConnection)"
        " || ($.eventName=DeleteVpcPeeringConnection)"
        " || ($.eventName=RejectVpcPeeringConnection) || ($.eventName=AttachClassicLinkVpc)"
        " || ($.eventName=DetachClassicLinkVpc) || ($.eventName=DisableVpcClassicLink)"
        " || ($.eventName=EnableVpcClassicLink)}"
    ),
    why=(
        "A peering joins two networks, also with somebody else's account. A new VPC is a place "
        "that no firewall and no flow log of yours watches."
    ),
    respond=(
        "With a peering: see whose account and network the other side is.",
        "If nobody planned it: reject or delete the peering, and disable who made it.",
        "With a new VPC: see what runs in it, and switch on its flow logs.",
    ),
    false_alarms=(
        "Deployments that make VPCs, above all for tests. The text may not be tuned; give the "
        "alarm the severity low in accounts where VPCs come and go."
    ),
    controls=Controls(cis=14, attack=("T1599",)),
    fires=(
        Example(
            "a peering with another account is asked for",
            api_call(
                "ec2",
                "CreateVpcPeeringConnection",
                iam_user("mallory"),
                request={"vpcId": _VPC, "peerVpcId": "vpc-1", "peerOwnerId": "123456789012"},
            ),
        ),
        Example(
            "a VPC is made",
            api_call("ec2", "CreateVpc", role("Deployer"), request={"cidrBlock": "10.9.0.0/16"}),
        ),
    ),
    silent=(
        Example(
            "an endpoint in a VPC is made, which the list leaves out",
            api_call(
                "ec2",
                "CreateVpcEndpoint",
                role("Deployer"),
                request={"CreateVpcEndpointRequest": {"VpcId": _VPC}},
            ),
        ),
        Example(
            "a subnet is made, which the list leaves out",
            api_call("ec2", "CreateSubnet", sso_person("alice"), request={"vpcId": _VPC}),
        ),
        Example(
            "VPCs are listed",
            api_call("ec2", "DescribeVpcs", iam_user("alice"), read_only=True),
        ),
    ),
)
