"""Access to Kubernetes clusters."""

from detections._conditions import CALLED_DIRECTLY, SUCCEEDED
from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    aws_service,
    field,
    iam_user,
    identity_center_user,
)

_POLICY_ARN = "arn:aws:eks::aws:cluster-access-policy/"
# Some clients encode the ARN in the path of the request, and CloudTrail records it like this.
_PRINCIPAL_ARN = "arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fweb"
_IS_PUBLIC = field("requestParameters.resourcesVpcConfig.endpointPublicAccess")
_CIDRS = "requestParameters.resourcesVpcConfig.publicAccessCidrs"
_FOR_ALL = field(f"{_CIDRS}[*]").equals("0.0.0.0/0")

CLUSTER_ACCESS_GRANTED = Detection(
    id="cluster-access-granted",
    title="Access to a Kubernetes cluster was granted, or a cluster was made public",
    packs=("persistence",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                field("eventSource").equals("eks.amazonaws.com"),
                any_of(
                    all_of(
                        field("eventName").equals("AssociateAccessPolicy"),
                        # The policies of administrators, and the one that reads secrets as well:
                        # https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
                        any_of(
                            field("requestParameters.policyArn").ends_with("AdminPolicy"),
                            field("requestParameters.policyArn").ends_with("AdminViewPolicy"),
                        ),
                    ),
                    all_of(
                        field("eventName").equals("CreateAccessEntry"),
                        # Other types are those of nodes, such as EC2_LINUX.
                        any_of(
                            field("requestParameters.type").missing(),
                            field("requestParameters.type").equals("STANDARD"),
                        ),
                    ),
                    field("eventName").one_of(
                        "UpdateAccessEntry", "AssociateIdentityProviderConfig"
                    ),
                    all_of(
                        field("eventName").equals("UpdateClusterConfig"),
                        any_of(
                            all_of(
                                _IS_PUBLIC.is_true(),
                                any_of(_FOR_ALL, field(f"{_CIDRS}[0]").missing()),
                            ),
                            all_of(_IS_PUBLIC.missing(), _FOR_ALL),
                        ),
                    ),
                ),
            ),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "An access entry or identity provider lets an intruder into a cluster without a user of "
        "the account. Secrets and roles of its pods are then within reach."
    ),
    runbook=(
        "Identify the cluster (name) and who got access (principalArn, policyArn).",
        "If it was not planned: delete the entry or provider, disable the caller's credentials.",
        "Review the audit log of the cluster, and what the roles of its pods did since then.",
    ),
    false_positives=(
        "Deployments that grant access to a new cluster, or open it to all addresses on purpose: "
        "exclude their role. What CloudFormation and EKS grant, roles that pods get, new clusters, "
        "policies without administrator rights, and denied calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1098.006", "T1133")),
    shows=(
        "requestParameters.name",
        "requestParameters.principalArn",
        "requestParameters.policyArn",
    ),
    fires=(
        Example(
            "a role becomes an administrator of a cluster",
            api_call(
                "eks",
                "AssociateAccessPolicy",
                assumed_role_identity("Developer"),
                request={
                    "name": "shop",
                    "principalArn": _PRINCIPAL_ARN,
                    "policyArn": f"{_POLICY_ARN}AmazonEKSClusterAdminPolicy",
                    "accessScope": {"type": "cluster"},
                },
            ),
        ),
        Example(
            "a user may read all of a cluster, its secrets as well",
            api_call(
                "eks",
                "AssociateAccessPolicy",
                iam_user("mallory"),
                request={
                    "name": "shop",
                    "principalArn": "arn:aws:iam::111122223333:user/mallory",
                    "policyArn": f"{_POLICY_ARN}AmazonEKSAdminViewPolicy",
                    "accessScope": {"type": "cluster"},
                },
            ),
        ),
        Example(
            "a user of another account gets access to a cluster",
            api_call(
                "eks",
                "CreateAccessEntry",
                iam_user("mallory"),
                request={
                    "name": "shop",
                    "principalArn": "arn:aws:iam::123456789012:user/guest",
                    "kubernetesGroups": ["operators"],
                },
            ),
        ),
        Example(
            "an entry of the type STANDARD is created",
            api_call(
                "eks",
                "CreateAccessEntry",
                assumed_role_identity("Developer"),
                request={"name": "shop", "principalArn": _PRINCIPAL_ARN, "type": "STANDARD"},
            ),
        ),
        Example(
            "an entry joins a group of the cluster",
            api_call(
                "eks",
                "UpdateAccessEntry",
                assumed_role_identity("Developer"),
                request={
                    "name": "shop",
                    "principalArn": _PRINCIPAL_ARN,
                    "kubernetesGroups": ["operators"],
                },
            ),
        ),
        Example(
            "a cluster trusts an identity provider",
            api_call(
                "eks",
                "AssociateIdentityProviderConfig",
                identity_center_user("mallory"),
                request={"name": "shop", "oidc": {"issuerUrl": "https://id.example.com"}},
            ),
        ),
        Example(
            "a cluster is made public",
            api_call(
                "eks",
                "UpdateClusterConfig",
                iam_user("mallory"),
                request={"name": "shop", "resourcesVpcConfig": {"endpointPublicAccess": True}},
            ),
        ),
        Example(
            "a cluster is made public for all addresses",
            api_call(
                "eks",
                "UpdateClusterConfig",
                assumed_role_identity("Developer"),
                request={
                    "name": "shop",
                    "resourcesVpcConfig": {
                        "endpointPublicAccess": True,
                        "publicAccessCidrs": ["0.0.0.0/0"],
                    },
                },
            ),
        ),
        Example(
            "a public cluster is opened to all addresses",
            api_call(
                "eks",
                "UpdateClusterConfig",
                iam_user("mallory"),
                request={
                    "name": "shop",
                    "resourcesVpcConfig": {"publicAccessCidrs": ["192.0.2.0/24", "0.0.0.0/0"]},
                },
            ),
        ),
    ),
    silent=(
        Example(
            "a role may view one namespace of a cluster",
            api_call(
                "eks",
                "AssociateAccessPolicy",
                assumed_role_identity("Developer"),
                request={
                    "name": "shop",
                    "principalArn": _PRINCIPAL_ARN,
                    "policyArn": f"{_POLICY_ARN}AmazonEKSViewPolicy",
                    "accessScope": {"type": "namespace", "namespaces": ["web"]},
                },
            ),
        ),
        Example(
            "nodes get access to their cluster",
            api_call(
                "eks",
                "CreateAccessEntry",
                assumed_role_identity("Deployer"),
                request={"name": "shop", "principalArn": _PRINCIPAL_ARN, "type": "EC2_LINUX"},
            ),
        ),
        Example(
            "EKS creates the entry of the nodes that it manages",
            api_call(
                "eks",
                "CreateAccessEntry",
                aws_service("eks.amazonaws.com"),
                request={"name": "shop", "principalArn": _PRINCIPAL_ARN},
            ),
        ),
        Example(
            "a cluster is made private",
            api_call(
                "eks",
                "UpdateClusterConfig",
                assumed_role_identity("Deployer"),
                request={
                    "name": "shop",
                    "resourcesVpcConfig": {
                        "endpointPublicAccess": False,
                        "publicAccessCidrs": ["0.0.0.0/0"],
                    },
                },
            ),
        ),
        Example(
            "a cluster is opened to own addresses",
            api_call(
                "eks",
                "UpdateClusterConfig",
                iam_user("alice"),
                request={
                    "name": "shop",
                    "resourcesVpcConfig": {
                        "endpointPublicAccess": True,
                        "publicAccessCidrs": ["192.0.2.0/24"],
                    },
                },
            ),
        ),
        Example(
            "a role is no longer an administrator of a cluster",
            api_call(
                "eks",
                "DisassociateAccessPolicy",
                iam_user("alice"),
                request={
                    "name": "shop",
                    "principalArn": _PRINCIPAL_ARN,
                    "policyArn": f"{_POLICY_ARN}AmazonEKSClusterAdminPolicy",
                },
            ),
        ),
        Example(
            "a public cluster is created",
            api_call(
                "eks",
                "CreateCluster",
                assumed_role_identity("Deployer"),
                request={"name": "shop", "resourcesVpcConfig": {"endpointPublicAccess": True}},
            ),
        ),
        Example(
            "the log types of a cluster are changed",
            api_call(
                "eks",
                "UpdateClusterConfig",
                iam_user("alice"),
                request={
                    "name": "shop",
                    "logging": {"clusterLogging": [{"types": ["audit"], "enabled": True}]},
                },
            ),
        ),
        Example(
            "a cluster gets another version",
            api_call(
                "eks",
                "UpdateClusterVersion",
                assumed_role_identity("Deployer"),
                request={"name": "shop", "version": "1.34"},
            ),
        ),
        Example(
            "a call to grant access is denied",
            api_call(
                "eks",
                "CreateAccessEntry",
                iam_user("mallory"),
                request={"name": "shop", "principalArn": _PRINCIPAL_ARN},
                error="AccessDenied",
            ),
        ),
    ),
)
