"""Domains, DNS and content delivery: taken over, or removed."""

from detections._conditions import CALLED_DIRECTLY, SUCCEEDED, calls
from trailbell import (
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

_DOMAIN = {"domainName": "example.com"}
_NAME_SERVERS = [{"name": "ns1.example.net"}, {"name": "ns2.example.net"}]

# Unsure: no public record of these calls but that of TransferDomainToAnotherAwsAccount. The names
# are those of the operations in the models of the SDK, which use JSON 1.1 and REST-XML.
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/logging-using-cloudtrail.html
DOMAIN_TAKEN_OVER = Detection(
    id="domain-taken-over",
    title="A domain was transferred, unlocked, redirected or deleted",
    packs=("impact",),
    severity=Severity.HIGH,
    pattern=all_of(
        any_of(
            all_of(
                # route53domains in the records of AWS's pages; public rules expect route53.
                field("eventSource").starts_with("route53"),
                field("eventName").one_of(
                    "TransferDomainToAnotherAwsAccount",
                    "DisableDomainTransferLock",
                    "RetrieveDomainAuthCode",
                    "PushDomain",
                    "UpdateDomainNameservers",
                    "UpdateDomainContact",
                    "DisassociateDelegationSignerFromDomain",
                    "DeleteDomain",
                ),
            ),
            all_of(
                any_of(
                    calls("route53", "DeleteHostedZone", "DisableHostedZoneDNSSEC"),
                    all_of(
                        field("eventSource").equals("cloudfront.amazonaws.com"),
                        # Records of older versions end with the version of the API.
                        field("eventName").starts_with("AssociateAlias"),
                    ),
                ),
                CALLED_DIRECTLY,
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "The owner of a domain receives its e-mail and visitors, and gets certificates for it. AWS "
        "cannot undo a transfer to another registrar."
    ),
    runbook=(
        "Check domainName, nameservers and accountId in the event against what was planned.",
        "If it was not planned: restore what was changed, cancel the transfer, call AWS Support.",
        "Disable the caller's credentials, and check certificates issued since.",
    ),
    false_positives=(
        "Planned transfers, and moves to other name servers. Deleting hosted zones and moving an "
        "alias between distributions through CloudFormation is not detected; exclude the role of "
        "Terraform. Changed records and distributions are daily work and not detected. Denied "
        "calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1584.001", "T1491.002")),
    shows=(
        "requestParameters.domainName",
        "requestParameters.accountId",
        "requestParameters.id",
    ),
    fires=(
        Example(
            "a domain is transferred to another account",
            api_call(
                "route53domains",
                "TransferDomainToAnotherAwsAccount",
                iam_user("mallory"),
                request=_DOMAIN | {"accountId": OTHER_ACCOUNT},
                response={"operationId": "1a2b3c4d", "password": "HIDDEN_DUE_TO_SECURITY_REASONS"},
            ),
        ),
        Example(
            "the transfer lock of a domain is disabled",
            api_call(
                "route53domains",
                "DisableDomainTransferLock",
                identity_center_user("mallory"),
                request=_DOMAIN,
            ),
        ),
        Example(
            "a domain gets other name servers",
            api_call(
                "route53domains",
                "UpdateDomainNameservers",
                assumed_role_identity("Developer"),
                request=_DOMAIN | {"nameservers": _NAME_SERVERS},
            ),
        ),
        Example(
            "the code for a transfer to another registrar is retrieved",
            api_call(
                "route53domains", "RetrieveDomainAuthCode", iam_user("mallory"), request=_DOMAIN
            ),
        ),
        Example(
            "a user deletes a hosted zone",
            api_call(
                "route53",
                "DeleteHostedZone",
                iam_user("mallory"),
                request={"id": "Z0123456789ABCDEFGHIJ"},
            ),
        ),
        Example(
            "an alias is moved to another CloudFront distribution",
            api_call(
                "cloudfront",
                "AssociateAlias",
                iam_user("mallory"),
                request={"targetDistributionId": "E1A2B3C4D5E6F7", "alias": "www.example.com"},
            ),
        ),
        Example(
            "a domain gets another owner",
            api_call("route53domains", "UpdateDomainContact", iam_user("mallory"), request=_DOMAIN),
        ),
        Example(
            "a domain is moved to another registrar",
            api_call(
                "route53domains",
                "PushDomain",
                iam_user("mallory"),
                request=_DOMAIN | {"target": "OTHER"},
            ),
        ),
        Example(
            "the trust chain of DNSSEC is removed",
            api_call(
                "route53domains",
                "DisassociateDelegationSignerFromDomain",
                iam_user("mallory"),
                request=_DOMAIN | {"id": "a1b2"},
            ),
        ),
        Example(
            "a domain is deleted",
            api_call("route53domains", "DeleteDomain", iam_user("mallory"), request=_DOMAIN),
        ),
        Example(
            "DNSSEC of a hosted zone is disabled",
            api_call(
                "route53",
                "DisableHostedZoneDNSSEC",
                iam_user("mallory"),
                request={"id": "Z0123456789ABCDEFGHIJ"},
            ),
        ),
    ),
    silent=(
        Example(
            "a CloudFront distribution is changed",
            api_call(
                "cloudfront",
                "UpdateDistribution",
                iam_user("alice"),
                request={"id": "E1A2B3C4D5E6F7"},
            ),
        ),
        Example(
            "the transfer lock of a domain is enabled",
            api_call(
                "route53domains", "EnableDomainTransferLock", iam_user("alice"), request=_DOMAIN
            ),
        ),
        Example(
            "a call to transfer a domain is denied",
            api_call(
                "route53domains",
                "TransferDomainToAnotherAwsAccount",
                iam_user("mallory"),
                request=_DOMAIN | {"accountId": OTHER_ACCOUNT},
                error="AccessDenied",
            ),
        ),
        Example(
            "CloudFormation deletes a hosted zone",
            api_call(
                "route53",
                "DeleteHostedZone",
                assumed_role_identity("Deployer", invoked_by="cloudformation.amazonaws.com"),
                request={"id": "Z0123456789ABCDEFGHIJ"},
            ),
        ),
        Example(
            "a pipeline changes records",
            api_call(
                "route53",
                "ChangeResourceRecordSets",
                assumed_role_identity("Deployer"),
                request={"hostedZoneId": "Z0123456789ABCDEFGHIJ"},
            ),
        ),
        Example(
            "a user looks at a domain",
            api_call(
                "route53domains",
                "GetDomainDetail",
                iam_user("alice"),
                request=_DOMAIN,
                read_only=True,
            ),
        ),
        Example(
            "a domain is renewed",
            api_call(
                "route53domains",
                "RenewDomain",
                iam_user("alice"),
                request=_DOMAIN | {"durationInYears": 1, "currentExpiryYear": 2026},
            ),
        ),
    ),
)
