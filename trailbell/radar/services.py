"""
The services that the radar watches, and which effects count in each.

In:    the event sources that the catalog names.
Out:   for each service the effects for which an operation has to be detected or dismissed.
Never: an operation. They come from the models of the SDK.
"""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from trailbell.radar.effects import Effect

_ALL = frozenset(Effect)
_OF_CATALOG = _ALL - {Effect.SUPPRESS, Effect.CHANGE}
_OF_SHARING = frozenset((Effect.SHARE, Effect.GRANT, Effect.EXPORT))

_GUARDING = """
access-analyzer acm-pca auditmanager backup config controltower detective devops-guru dlm drs fms
guardduty inspector inspector2 macie2 mpa network-firewall network-security-manager organizations
rbin route53globalresolver route53resolver security-ir securityagent securityhub securitylake
shield waf waf-regional wafv2
"""
GUARDING = frozenset(_GUARDING.split())
"""What finds or prevents attacks, limits accounts, or keeps backups."""

_RECORDING = """
account chatbot cloudtrail cloudwatchomni eventbridgev2 events health internetmonitor logs
monitoring networkflowmonitor notifications notifications-contacts oam observabilityadmin sns
ssm-contacts ssm-incidents xray
"""
RECORDING = frozenset(_RECORDING.split())
"""What records, or carries messages from records to people."""

_SHARING = """
account-access acm aiops aoss apigateway appstream aps athena bedrock bedrock-agentcore cleanrooms
cloudformation cloudfront cloudhsm codeartifact codebuild cognito-idp comprehend dataexchange
datasync datazone dms dsql dynamodb ebs ec2 ecr ecr-public ecs eks elasticache elasticfilesystem
entityresolution es firehose fsx glacier globalaccelerator glue grafana iam identitystore
imagebuilder kafka kinesis kms lakeformation lambda license-manager lightsail marketplace-catalog
memorydb networkmanager osis payment-cryptography quicksight ram rds redshift redshift-serverless
resource-explorer-2 rolesanywhere route53 route53domains rum s3 s3files s3tables s3vectors
sagemaker schemas secretsmanager serverlessrepo servicecatalog ses signer sqs ssm sso
storagegateway sts supportauthz transfer vpc-lattice wellarchitected workmail workspaces
"""
SHARING = frozenset(_SHARING.split())
"""What has resources that other accounts or everybody can be given, or data that can leave."""


def effects_of_service(service: str, of_catalog: Collection[str]) -> frozenset[Effect]:
    """The effects that count in a service: none if it is not watched.

    Everything counts in a service that guards or records. A change, and what hides findings, are
    too ordinary in others. Of a service that only shares, it is what gives something away.
    """
    if service in GUARDING or service in RECORDING:
        return _ALL
    return (_OF_CATALOG if service in of_catalog else frozenset()) | (
        _OF_SHARING if service in SHARING else frozenset()
    )


def watched_services(of_catalog: Collection[str]) -> Iterator[str]:
    """The names of all services that are watched, in the order of the alphabet."""
    yield from sorted({*GUARDING, *RECORDING, *SHARING, *of_catalog})


PURPOSES: Mapping[str, frozenset[str]] = MappingProxyType(
    {"guards": GUARDING, "records": RECORDING, "shares": SHARING}
)


def purpose_of(service: str) -> str:
    """Why a service is watched: it guards, records or shares, or the catalog names it."""
    return next((name for name, services in PURPOSES.items() if service in services), "catalog")
