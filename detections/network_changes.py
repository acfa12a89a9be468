"""Changes of the network: security groups, routes, network ACLs."""

from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    api_call,
    assumed_role_identity,
    iam_user,
)

# Names are unquoted and in the order of CIS, because compliance scanners require both.
# https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html

SECURITY_GROUP_CHANGES = Detection(
    id="security-group-changes",
    title="A security group was changed",
    packs=("essentials", "cis"),
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
        "Security groups are the firewall of each instance. One rule can open a database or remote "
        "shell to the internet, or let data out."
    ),
    runbook=(
        "Identify the opened ports and sources; 0.0.0.0/0 and ::/0 are the whole internet.",
        "If it was not planned: revoke the rule, and disable the caller's credentials.",
        "Check flow logs for connections while the rule was in place.",
    ),
    false_positives=(
        "Every deployment that changes a security group, and load balancers created by Kubernetes. "
        "Exclude those roles; security-group-opened-to-the-world detects the worst case. Denied "
        "calls are also detected."
    ),
    controls=Controls(cis_control=10, mitre_attack=("T1686.001",)),
    original="security group changes",
    changes_from_original=(
        "The original missed ModifySecurityGroupRules, which changes rules in place, and no "
        "compliance scanner accepted its wildcards."
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
            "a rule is modified in place",
            api_call(
                "ec2",
                "ModifySecurityGroupRules",
                assumed_role_identity("Deployer"),
                request={"ModifySecurityGroupRulesRequest": {"GroupId": "sg-0123456789abcdef0"}},
            ),
        ),
        Example(
            "a security group is deleted",
            api_call(
                "ec2",
                "DeleteSecurityGroup",
                assumed_role_identity("Deployer"),
                request={"groupId": "sg-0123456789abcdef0"},
            ),
        ),
    ),
    silent=(
        Example(
            "only the description of a rule is updated",
            api_call(
                "ec2",
                "UpdateSecurityGroupRuleDescriptionsIngress",
                assumed_role_identity("Deployer"),
            ),
        ),
        Example(
            "security groups are listed",
            api_call("ec2", "DescribeSecurityGroups", iam_user("alice"), read_only=True),
        ),
        Example(
            "an ElastiCache security group is created",
            api_call("elasticache", "CreateCacheSecurityGroup", assumed_role_identity("Deployer")),
        ),
        Example(
            "network interfaces are listed by security group",
            api_call("ec2", "DescribeNetworkInterfaces", iam_user("alice"), read_only=True),
        ),
        Example(
            "a security group of Amazon RDS is opened, which is not a VPC security group",
            api_call("rds", "AuthorizeDBSecurityGroupIngress", iam_user("alice")),
        ),
    ),
)

ROUTE_TABLE_CHANGES = Detection(
    id="route-table-changes",
    title="VPC routing was changed",
    packs=("essentials",),
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
        "Routes decide where traffic goes. A changed route can bypass the firewall, lead to an "
        "attacker who reads the traffic, or lead nowhere."
    ),
    runbook=(
        "Identify the destination and target; a new internet or peering route matters most.",
        "If it was not planned: restore the route, and disable the caller's credentials.",
        "Check flow logs for traffic that used the new route.",
    ),
    false_positives=(
        "Deployments that create VPCs, VPNs and transit gateways. Exclude the deployment role. "
        "Denied calls are also detected."
    ),
    controls=Controls(cis_control=13, mitre_attack=("T1599",)),
    original="route table changes",
    changes_from_original=(
        "The same calls by name instead of wildcards, which no compliance scanner accepted: first "
        "those of CIS in its order, then those that CIS omits."
    ),
    shows=(
        "requestParameters.routeTableId",
        "requestParameters.destinationCidrBlock",
        "requestParameters.gatewayId",
    ),
    fires=(
        Example(
            "a route to the internet is created",
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
            "a route table is associated with a subnet",
            api_call(
                "ec2",
                "AssociateRouteTable",
                assumed_role_identity("Deployer"),
                request={
                    "routeTableId": "rtb-0123456789abcdef0",
                    "subnetId": "subnet-0123456789abcdef0",
                },
            ),
        ),
        Example(
            "a call to delete a route table is denied",
            api_call(
                "ec2", "DeleteRouteTable", iam_user("mallory"), error="Client.UnauthorizedOperation"
            ),
        ),
    ),
    silent=(
        Example(
            "an App Mesh route is created, which is not a VPC route",
            api_call(
                "appmesh",
                "CreateRoute",
                assumed_role_identity("Deployer"),
                request={"meshName": "shop"},
            ),
        ),
        Example(
            "a transit gateway route table is created",
            api_call("ec2", "CreateTransitGatewayRouteTable", assumed_role_identity("Deployer")),
        ),
        Example(
            "route tables are listed",
            api_call("ec2", "DescribeRouteTables", iam_user("alice"), read_only=True),
        ),
        Example(
            "a route of an API Gateway API is created, which is not a VPC route",
            api_call("apigateway", "CreateRoute", assumed_role_identity("Deployer")),
        ),
        Example(
            "a record in a hosted zone is changed, which is not a VPC route",
            api_call("route53", "ChangeResourceRecordSets", assumed_role_identity("Deployer")),
        ),
    ),
)

NETWORK_ACL_CHANGES = Detection(
    id="network-acl-changes",
    title="A network ACL was changed",
    packs=("essentials", "cis"),
    verbatim=True,
    severity=Severity.MEDIUM,
    pattern=(
        "{($.eventName=CreateNetworkAcl) || ($.eventName=CreateNetworkAclEntry)"
        " || ($.eventName=DeleteNetworkAcl) || ($.eventName=DeleteNetworkAclEntry)"
        " || ($.eventName=ReplaceNetworkAclEntry) || ($.eventName=ReplaceNetworkAclAssociation)}"
    ),
    why=(
        "Network ACLs filter the traffic of whole subnets. One entry added or removed can let in "
        "what they blocked."
    ),
    runbook=(
        "Identify the entry: rule number, IP addresses, ports, allow or deny.",
        "If it was not planned: restore the entry, and disable the caller's credentials.",
        "Check flow logs of the subnets for connections since then.",
    ),
    false_positives=(
        "Deployments that create VPCs. The pattern must stay verbatim; other changes of network "
        "ACLs are rare."
    ),
    controls=Controls(cis_control=11, mitre_attack=("T1686.001",)),
    original="NACL changes",
    changes_from_original="The same six calls by name, as CIS lists them, instead of wildcards.",
    shows=(
        "requestParameters.networkAclId",
        "requestParameters.ruleNumber",
        "requestParameters.cidrBlock",
        "requestParameters.ruleAction",
    ),
    fires=(
        Example(
            "an entry that allows all inbound traffic is created",
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
            "another network ACL is associated with a subnet",
            api_call(
                "ec2",
                "ReplaceNetworkAclAssociation",
                assumed_role_identity("Deployer"),
                request={"networkAclId": "acl-0123456789abcdef0"},
            ),
        ),
        Example(
            "a call to delete an entry is denied",
            api_call(
                "ec2",
                "DeleteNetworkAclEntry",
                iam_user("mallory"),
                error="Client.UnauthorizedOperation",
            ),
        ),
    ),
    silent=(
        Example(
            "network ACLs are listed",
            api_call("ec2", "DescribeNetworkAcls", iam_user("alice"), read_only=True),
        ),
        Example(
            "a web ACL of AWS WAF is created, which is not a network ACL",
            api_call(
                "wafv2", "CreateWebACL", assumed_role_identity("Deployer"), request={"name": "shop"}
            ),
        ),
        Example(
            "the ACL of a bucket is set, which is not a network ACL",
            api_call(
                "s3",
                "PutBucketAcl",
                assumed_role_identity("Deployer"),
                request={"bucketName": "shop"},
            ),
        ),
        Example(
            "a security group is created, which is not a network ACL",
            api_call("ec2", "CreateSecurityGroup", assumed_role_identity("Deployer")),
        ),
        Example(
            "an ACL of MemoryDB is created, which is not a network ACL",
            api_call("memorydb", "CreateACL", assumed_role_identity("Deployer")),
        ),
    ),
)
