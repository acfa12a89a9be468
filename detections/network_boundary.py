"""Networks that are mirrored or connected to another account, and firewalls that are removed."""

from detections._conditions import CALLED_DIRECTLY, SUCCEEDED, calls
from trailbell import (
    ACCOUNT,
    OTHER_ACCOUNT,
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

_OWN = "${OwnAccountId}"
_SESSION = {
    "NetworkInterfaceId": "eni-0123456789abcdef0",
    "TrafficMirrorTargetId": "tmt-0123456789abcdef0",
    "TrafficMirrorFilterId": "tmf-0123456789abcdef0",
    "SessionNumber": 1,
}

_SHARE = f"arn:aws:ram:us-east-1:{ACCOUNT}:resource-share/0123456789abcdef"
_BALANCER = {
    "resourceArn": (
        f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/shop/0123456789abcdef"
    )
}

NETWORK_BOUNDARY_OPENED = Detection(
    id="network-boundary-opened",
    title="Traffic was mirrored, a network connected to another account, or a firewall removed",
    packs=("data",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                field("eventSource").equals("ec2.amazonaws.com"),
                any_of(
                    field("eventName").starts_with("CreateTrafficMirror"),
                    field("eventName").starts_with("ModifyTrafficMirror"),
                    all_of(
                        field("eventName").equals("CreateVpcPeeringConnection"),
                        field("requestParameters.peerOwnerId").present_and_differs(_OWN),
                    ),
                    all_of(
                        field("eventName").equals("AcceptVpcPeeringConnection"),
                        field(
                            "responseElements.vpcPeeringConnection.requesterVpcInfo.ownerId"
                        ).present_and_differs(_OWN),
                    ),
                ),
            ),
            # Unsure: no public record. AWS says in its answer whether an account is outside of the
            # organization; a share without that right cannot be given to one.
            # https://docs.aws.amazon.com/ram/latest/APIReference/API_ResourceShareAssociation.html
            all_of(
                calls("ram", "AssociateResourceShare"),
                field("responseElements.resourceShareAssociations[0].external").is_true(),
            ),
            all_of(
                calls("ram", "CreateResourceShare", "UpdateResourceShare"),
                field("responseElements.resourceShare.allowExternalPrincipals").is_true(),
            ),
            # Names that only AWS WAF, Network Firewall and Route 53 Resolver have.
            field("eventName").one_of(
                "DisassociateWebACL",
                "DeleteWebACL",
                "DeleteFirewall",
                "DisassociateFirewallRuleGroup",
            ),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "A mirror session copies every packet of an interface. A peering or a share lets another "
        "account into a network. Without its firewall, an application is open to attacks."
    ),
    runbook=(
        "Identify what it is about (NetworkInterfaceId, peerOwnerId, principals, ...).",
        "If it was not planned: undo it, and disable the caller's credentials.",
        "Rotate credentials that were sent unencrypted, and check flow logs.",
    ),
    false_positives=(
        "Intrusion detection that works on mirrored traffic, networks that are built or removed by "
        "hand: exclude those roles, and name your other accounts in own_accounts of [catalog]. "
        "Shares that accounts outside of the organization can get count when they are created. "
        "Calls by CloudFormation, Firewall Manager and other services are not detected, nor are "
        "changed rules of a firewall, and denied calls."
    ),
    shows=(
        "requestParameters.CreateTrafficMirrorSessionRequest.NetworkInterfaceId",
        "requestParameters.peerOwnerId",
        "requestParameters.resourceArn",
    ),
    accepted_issues={
        "unguarded-not-equal": "A peering without an owner is one with the own account."
    },
    controls=Controls(mitre_attack=("T1040", "T1537", "T1599", "T1686.001")),
    fires=(
        Example(
            "a mirror session is created",
            api_call(
                "ec2",
                "CreateTrafficMirrorSession",
                iam_user("mallory"),
                request={"CreateTrafficMirrorSessionRequest": _SESSION},
            ),
        ),
        Example(
            "a mirror session gets another target",
            api_call(
                "ec2",
                "ModifyTrafficMirrorSession",
                identity_center_user("mallory"),
                request={
                    "ModifyTrafficMirrorSessionRequest": {
                        "TrafficMirrorSessionId": "tms-0123456789abcdef0",
                        "TrafficMirrorTargetId": "tmt-0123456789abcdef1",
                    }
                },
            ),
        ),
        Example(
            "a filter for mirrored traffic is created",
            api_call(
                "ec2",
                "CreateTrafficMirrorFilter",
                assumed_role_identity("Developer", "mallory"),
                request={"CreateTrafficMirrorFilterRequest": {"ClientToken": "1"}},
            ),
        ),
        Example(
            "a peering with a VPC of another account is requested",
            api_call(
                "ec2",
                "CreateVpcPeeringConnection",
                iam_user("mallory"),
                request={"vpcId": "vpc-1", "peerVpcId": "vpc-2", "peerOwnerId": OTHER_ACCOUNT},
            ),
        ),
        Example(
            "a peering that another account requested is accepted",
            api_call(
                "ec2",
                "AcceptVpcPeeringConnection",
                iam_user("mallory"),
                request={"vpcPeeringConnectionId": "pcx-0123456789abcdef0"},
                response={
                    "vpcPeeringConnection": {
                        "accepterVpcInfo": {"ownerId": ACCOUNT, "vpcId": "vpc-1"},
                        "requesterVpcInfo": {"ownerId": OTHER_ACCOUNT, "vpcId": "vpc-2"},
                    }
                },
            ),
        ),
        Example(
            "a subnet is shared with another account",
            api_call(
                "ram",
                "AssociateResourceShare",
                iam_user("mallory"),
                request={"resourceShareArn": _SHARE, "principals": [OTHER_ACCOUNT]},
                response={
                    "resourceShareAssociations": [
                        {
                            "resourceShareArn": _SHARE,
                            "associatedEntity": OTHER_ACCOUNT,
                            "associationType": "PRINCIPAL",
                            "external": True,
                        }
                    ]
                },
            ),
        ),
        Example(
            "a share is created that accounts outside of the organization can get",
            api_call(
                "ram",
                "CreateResourceShare",
                iam_user("mallory"),
                request={
                    "name": "shop",
                    "principals": [OTHER_ACCOUNT],
                    "resourceArns": [f"arn:aws:ec2:us-east-1:{ACCOUNT}:subnet/subnet-1"],
                },
                response={"resourceShare": {"name": "shop", "allowExternalPrincipals": True}},
            ),
        ),
        Example(
            "the firewall of a load balancer is removed",
            api_call("wafv2", "DisassociateWebACL", iam_user("mallory"), request=_BALANCER),
        ),
        Example(
            "a network firewall is deleted",
            api_call(
                "network-firewall",
                "DeleteFirewall",
                identity_center_user("mallory"),
                request={"firewallName": "shop"},
            ),
        ),
    ),
    silent=(
        Example(
            "Firewall Manager replaces the firewall of a load balancer",
            api_call(
                "wafv2",
                "DisassociateWebACL",
                assumed_role_identity("AWSServiceRoleForFMS", invoked_by="fms.amazonaws.com"),
                request=_BALANCER,
            ),
        ),
        Example(
            "a load balancer gets a firewall",
            api_call("wafv2", "AssociateWebACL", iam_user("alice"), request=_BALANCER),
        ),
        Example(
            "a peering with a VPC of the own account is requested",
            api_call(
                "ec2",
                "CreateVpcPeeringConnection",
                iam_user("alice"),
                request={"vpcId": "vpc-1", "peerVpcId": "vpc-2", "peerOwnerId": ACCOUNT},
            ),
        ),
        Example(
            "a share for the organization only is created",
            api_call(
                "ram",
                "CreateResourceShare",
                assumed_role_identity("Deployer"),
                request={
                    "name": "shop",
                    "allowExternalPrincipals": False,
                    "principals": [f"arn:aws:organizations::{ACCOUNT}:organization/o-exampleorgid"],
                },
                response={"resourceShare": {"name": "shop", "allowExternalPrincipals": False}},
            ),
        ),
        Example(
            "a subnet is shared with the organization",
            api_call(
                "ram",
                "AssociateResourceShare",
                assumed_role_identity("Deployer"),
                request={"resourceShareArn": _SHARE, "principals": [ACCOUNT]},
                response={
                    "resourceShareAssociations": [{"associatedEntity": ACCOUNT, "external": False}]
                },
            ),
        ),
        Example(
            "a mirror session is deleted",
            api_call(
                "ec2",
                "DeleteTrafficMirrorSession",
                iam_user("alice"),
                request={
                    "DeleteTrafficMirrorSessionRequest": {
                        "TrafficMirrorSessionId": "tms-0123456789abcdef0"
                    }
                },
            ),
        ),
        Example(
            "mirror sessions are listed",
            api_call(
                "ec2",
                "DescribeTrafficMirrorSessions",
                iam_user("alice"),
                request={"DescribeTrafficMirrorSessionsRequest": ""},
                read_only=True,
            ),
        ),
        Example(
            "a call to create a mirror session is denied",
            api_call(
                "ec2",
                "CreateTrafficMirrorSession",
                iam_user("mallory"),
                request={"CreateTrafficMirrorSessionRequest": _SESSION},
                error="Client.UnauthorizedOperation",
            ),
        ),
    ),
)
