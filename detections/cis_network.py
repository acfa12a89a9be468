"""CIS monitoring controls for the network, verbatim.

https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    api_call,
    assumed_role_identity,
    iam_user,
    identity_center_user,
)

_VPC = "vpc-0123456789abcdef0"
_ROUTE_TABLE = "rtb-0123456789abcdef0"

SECURITY_GROUP_CHANGES_EXACT = Detection(
    id="security-group-changes-exact",
    title="A security group was changed (verbatim CIS control)",
    packs=("cis",),
    severity=Severity.LOW,
    verbatim=True,
    pattern=(
        "{($.eventName=AuthorizeSecurityGroupIngress)"
        " || ($.eventName=AuthorizeSecurityGroupEgress)"
        " || ($.eventName=RevokeSecurityGroupIngress)"
        " || ($.eventName=RevokeSecurityGroupEgress)"
        " || ($.eventName=CreateSecurityGroup) || ($.eventName=DeleteSecurityGroup)}"
    ),
    why=(
        "Security Hub passes its control only with these six calls, verbatim. For alerting, use "
        "security-group-changes, which also covers rules that are modified in place."
    ),
    runbook=(
        "Check security-group-changes, which triggers at the same time.",
        "Identify the opened ports and sources; 0.0.0.0/0 and ::/0 are the whole internet.",
        "If it was not planned: revoke the rule, and disable the caller's credentials.",
    ),
    false_positives=(
        "Every deployment that changes a security group. The pattern must stay verbatim, so it "
        "notifies the low-severity topic; tune security-group-changes instead."
    ),
    alarm_only="security-group-changes sends a message for the same calls",
    controls=Controls(cis_control=10, mitre_attack=("T1686.001",)),
    fires=(
        Example(
            "a database port is opened to the internet",
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
            "a security group is created",
            api_call(
                "ec2",
                "CreateSecurityGroup",
                assumed_role_identity("Deployer"),
                request={"groupName": "shop", "groupDescription": "shop", "vpcId": _VPC},
                response={"groupId": "sg-0123456789abcdef0", "_return": True},
            ),
        ),
        Example(
            "an outbound rule is revoked",
            api_call(
                "ec2",
                "RevokeSecurityGroupEgress",
                iam_user("alice"),
                request={"groupId": "sg-0123456789abcdef0", "ipPermissions": {"items": []}},
            ),
        ),
    ),
    silent=(
        Example(
            "a rule is modified in place, which is not in the list",
            api_call(
                "ec2",
                "ModifySecurityGroupRules",
                assumed_role_identity("Deployer"),
                request={"ModifySecurityGroupRulesRequest": {"GroupId": "sg-0123456789abcdef0"}},
            ),
        ),
        Example(
            "the description of a rule is updated",
            api_call(
                "ec2",
                "UpdateSecurityGroupRuleDescriptionsEgress",
                assumed_role_identity("Deployer"),
            ),
        ),
        Example(
            "security group rules are listed",
            api_call("ec2", "DescribeSecurityGroupRules", iam_user("alice"), read_only=True),
        ),
        Example(
            "a security group is attached to another VPC, which is not in the list",
            api_call(
                "ec2",
                "AssociateSecurityGroupVpc",
                assumed_role_identity("Deployer"),
                request={"AssociateSecurityGroupVpcRequest": {"VpcId": _VPC}},
            ),
        ),
        Example(
            "an ElastiCache security group is created, which is not in the list",
            api_call("elasticache", "CreateCacheSecurityGroup", assumed_role_identity("Deployer")),
        ),
    ),
)

NETWORK_GATEWAY_CHANGES = Detection(
    id="network-gateway-changes",
    title="An internet or customer gateway was created, attached, detached or deleted",
    packs=("cis",),
    severity=Severity.MEDIUM,
    verbatim=True,
    pattern=(
        "{($.eventName=CreateCustomerGateway) || ($.eventName=DeleteCustomerGateway)"
        " || ($.eventName=AttachInternetGateway) || ($.eventName=CreateInternetGateway)"
        " || ($.eventName=DeleteInternetGateway) || ($.eventName=DetachInternetGateway)}"
    ),
    why=(
        "A gateway connects a private network to the internet or to the other end of a VPN. A new "
        "one lets data out; deleting one interrupts connections."
    ),
    runbook=(
        "Identify the VPC of the gateway, and check whether that VPC should be private.",
        "If it was not planned: revert the change, and disable the caller's credentials.",
        "Review routes and public IP addresses that were added at the same time.",
    ),
    false_positives=(
        "New VPCs, especially those that deployments create for tests. The pattern must stay "
        "verbatim; set the severity to low in accounts where VPCs come and go. NAT, transit and "
        "virtual private gateways are not detected."
    ),
    controls=Controls(cis_control=12, mitre_attack=("T1599", "T1133")),
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
            "a customer gateway is created",
            api_call(
                "ec2",
                "CreateCustomerGateway",
                assumed_role_identity("Deployer"),
                request={"type": "ipsec.1", "ipAddress": "203.0.113.9", "bgpAsn": 65000},
            ),
        ),
        Example(
            "a call to delete an internet gateway is denied",
            api_call(
                "ec2",
                "DeleteInternetGateway",
                iam_user("mallory"),
                error="Client.UnauthorizedOperation",
            ),
        ),
    ),
    silent=(
        Example(
            "an egress-only internet gateway is created, which is not in the list",
            api_call(
                "ec2",
                "CreateEgressOnlyInternetGateway",
                assumed_role_identity("Deployer"),
                request={"CreateEgressOnlyInternetGatewayRequest": {"VpcId": _VPC}},
            ),
        ),
        Example(
            "a NAT gateway is created, which is not in the list",
            api_call(
                "ec2",
                "CreateNatGateway",
                assumed_role_identity("Deployer"),
                request={"CreateNatGatewayRequest": {"SubnetId": "subnet-0123456789abcdef0"}},
            ),
        ),
        Example(
            "internet gateways are listed",
            api_call("ec2", "DescribeInternetGateways", iam_user("alice"), read_only=True),
        ),
        Example(
            "a transit gateway is created, which is not in the list",
            api_call("ec2", "CreateTransitGateway", assumed_role_identity("Deployer")),
        ),
        Example(
            "a virtual private gateway is attached to a VPC, which is not in the list",
            api_call(
                "ec2",
                "AttachVpnGateway",
                assumed_role_identity("Deployer"),
                request={"vpcId": _VPC},
            ),
        ),
    ),
)

ROUTE_TABLE_CHANGES_EXACT = Detection(
    id="route-table-changes-exact",
    title="VPC routing was changed (verbatim CIS control)",
    packs=("cis",),
    severity=Severity.LOW,
    verbatim=True,
    pattern=(
        "{($.eventSource=ec2.amazonaws.com) && (($.eventName=CreateRoute)"
        " || ($.eventName=CreateRouteTable) || ($.eventName=ReplaceRoute)"
        " || ($.eventName=ReplaceRouteTableAssociation) || ($.eventName=DeleteRouteTable)"
        " || ($.eventName=DeleteRoute) || ($.eventName=DisassociateRouteTable))}"
    ),
    why=(
        "Security Hub passes its control only with these seven calls, verbatim. For alerting, use "
        "route-table-changes, which also covers associations and VPN routes."
    ),
    runbook=(
        "Check route-table-changes, which triggers at the same time.",
        "Identify the destination and target; a new internet or peering route matters most.",
        "If it was not planned: restore the route, and disable the caller's credentials.",
    ),
    false_positives=(
        "Every deployment that creates a VPC. The pattern must stay verbatim, so it notifies the "
        "low-severity topic; tune route-table-changes instead."
    ),
    alarm_only="route-table-changes sends a message for the same calls",
    controls=Controls(cis_control=13, mitre_attack=("T1599",)),
    shows=(
        "requestParameters.routeTableId",
        "requestParameters.destinationCidrBlock",
        "requestParameters.gatewayId",
    ),
    fires=(
        Example(
            "the target of a route is replaced",
            api_call(
                "ec2",
                "ReplaceRoute",
                iam_user("mallory"),
                request={
                    "routeTableId": _ROUTE_TABLE,
                    "destinationCidrBlock": "0.0.0.0/0",
                    "networkInterfaceId": "eni-0123456789abcdef0",
                },
            ),
        ),
        Example(
            "a route table is deleted",
            api_call(
                "ec2",
                "DeleteRouteTable",
                assumed_role_identity("Deployer"),
                request={"routeTableId": _ROUTE_TABLE},
            ),
        ),
        Example(
            "a route to the internet is created",
            api_call(
                "ec2",
                "CreateRoute",
                assumed_role_identity("Deployer"),
                request={
                    "routeTableId": _ROUTE_TABLE,
                    "destinationCidrBlock": "0.0.0.0/0",
                    "gatewayId": "igw-0123456789abcdef0",
                },
            ),
        ),
    ),
    silent=(
        Example(
            "a route table is associated with a subnet, which is not in the list",
            api_call(
                "ec2",
                "AssociateRouteTable",
                assumed_role_identity("Deployer"),
                request={"routeTableId": _ROUTE_TABLE, "subnetId": "subnet-0123456789abcdef0"},
            ),
        ),
        Example(
            "a route of an API Gateway API is created, which is not a VPC route",
            api_call(
                "apigateway",
                "CreateRoute",
                assumed_role_identity("Deployer"),
                request={"apiId": "a1b2c3"},
            ),
        ),
        Example(
            "route tables are listed",
            api_call("ec2", "DescribeRouteTables", iam_user("alice"), read_only=True),
        ),
        Example(
            "a route of a transit gateway is created, which is not in the list",
            api_call("ec2", "CreateTransitGatewayRoute", assumed_role_identity("Deployer")),
        ),
        Example(
            "a gateway propagates its routes, which is not in the list",
            api_call(
                "ec2",
                "EnableVgwRoutePropagation",
                assumed_role_identity("Deployer"),
                request={"EnableVgwRoutePropagationRequest": {"RouteTableId": _ROUTE_TABLE}},
            ),
        ),
    ),
)

VPC_CHANGES = Detection(
    id="vpc-changes",
    title="A VPC or VPC peering connection was created, changed or deleted",
    packs=("cis",),
    severity=Severity.MEDIUM,
    verbatim=True,
    pattern=(
        "{($.eventName=CreateVpc) || ($.eventName=DeleteVpc) || ($.eventName=ModifyVpcAttribute)"
        " || ($.eventName=AcceptVpcPeeringConnection) || ($.eventName=CreateVpcPeeringConnection)"
        " || ($.eventName=DeleteVpcPeeringConnection)"
        " || ($.eventName=RejectVpcPeeringConnection) || ($.eventName=AttachClassicLinkVpc)"
        " || ($.eventName=DetachClassicLinkVpc) || ($.eventName=DisableVpcClassicLink)"
        " || ($.eventName=EnableVpcClassicLink)}"
    ),
    why=(
        "A peering connection joins two networks, possibly of different owners. A new VPC has none "
        "of your firewall rules or flow logs."
    ),
    runbook=(
        "Identify the account and network on the other side of a peering connection.",
        "If it was not planned: reject or delete it, and disable the caller's credentials.",
        "Review what runs in a new VPC, and enable its flow logs.",
    ),
    false_positives=(
        "Deployments that create VPCs, especially for tests. The pattern must stay verbatim; set "
        "the severity to low in accounts where VPCs come and go."
    ),
    controls=Controls(cis_control=14, mitre_attack=("T1599",)),
    fires=(
        Example(
            "a peering connection with another account is requested",
            api_call(
                "ec2",
                "CreateVpcPeeringConnection",
                iam_user("mallory"),
                request={"vpcId": _VPC, "peerVpcId": "vpc-1", "peerOwnerId": "123456789012"},
            ),
        ),
        Example(
            "a VPC is created",
            api_call(
                "ec2",
                "CreateVpc",
                assumed_role_identity("Deployer"),
                request={"cidrBlock": "10.9.0.0/16"},
            ),
        ),
        Example(
            "a call to delete a VPC is denied",
            api_call(
                "ec2",
                "DeleteVpc",
                iam_user("mallory"),
                request={"vpcId": _VPC},
                error="Client.UnauthorizedOperation",
            ),
        ),
    ),
    silent=(
        Example(
            "a VPC endpoint is created, which is not in the list",
            api_call(
                "ec2",
                "CreateVpcEndpoint",
                assumed_role_identity("Deployer"),
                request={"CreateVpcEndpointRequest": {"VpcId": _VPC}},
            ),
        ),
        Example(
            "a subnet is created, which is not in the list",
            api_call("ec2", "CreateSubnet", identity_center_user("alice"), request={"vpcId": _VPC}),
        ),
        Example(
            "VPCs are listed",
            api_call("ec2", "DescribeVpcs", iam_user("alice"), read_only=True),
        ),
        Example(
            "another range of addresses is added to a VPC, which is not in the list",
            api_call(
                "ec2",
                "AssociateVpcCidrBlock",
                assumed_role_identity("Deployer"),
                request={"AssociateVpcCidrBlockRequest": {"VpcId": _VPC}},
            ),
        ),
        Example(
            "the tenancy of a VPC is changed, which is not in the list",
            api_call(
                "ec2",
                "ModifyVpcTenancy",
                assumed_role_identity("Deployer"),
                request={"ModifyVpcTenancyRequest": {"VpcId": _VPC}},
            ),
        ),
    ),
)
