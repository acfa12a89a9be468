"""
AWS Security Hub: CloudWatch.1 to CloudWatch.14.

In:    an inventory.
Out:   a result for each control except the one on Organizations, which Security Hub does not have.
Never: a search for clauses. "This control fails if the exact metric filters prescribed by CIS are
       not used", so whole patterns are compared, without whitespace.

Sources: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
(patterns, trail, alarm, subscription; CloudWatch.7 also fails if the trail excludes KMS events)
and the audit steps of CIS 1.2 and 1.4 that the page refers to (an active multi-Region trail that
records reads and writes of management events). An alarm without actions fails CloudWatch.15, an
alarm with disabled actions CloudWatch.17. Both are reported here, because such an alarm notifies
no one.
"""

from trailbell.audit.controls import Control
from trailbell.audit.evaluate import ControlResult, Scanner
from trailbell.audit.evaluate import evaluate as evaluate_controls
from trailbell.audit.inventory import Inventory, Trail
from trailbell.audit.pattern_text_match import Exactly, ExpectedPattern


def _any_event(*names: str) -> str:
    return "||".join(f"($.eventName={name})" for name in names)


def _events_from(source: str, *names: str) -> str:
    return f"{{($.eventSource={source})&&({_any_event(*names)})}}"


def _events(*names: str) -> str:
    return f"{{{_any_event(*names)}}}"


_IAM = (
    *("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy"),
    *("PutGroupPolicy", "PutRolePolicy", "PutUserPolicy"),
    *("CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion"),
    *("AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy"),
    *("AttachGroupPolicy", "DetachGroupPolicy"),
)
_ROUTES = (
    *("CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation"),
    *("DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable"),
)
_ROOT = (
    '{$.userIdentity.type="Root"&&$.userIdentity.invokedBy NOT EXISTS'
    '&&$.eventType!="AwsServiceEvent"}'
)
_NO_MFA = '($.eventName="ConsoleLogin")&&($.additionalEventData.MFAUsed!="Yes")'
_SUCCESS = '($.userIdentity.type="IAMUser")&&($.responseElements.ConsoleLogin="Success")'

PATTERNS: dict[str, ExpectedPattern] = {
    "unauthorized-api-calls": Exactly(
        ('{($.errorCode="*UnauthorizedOperation")||($.errorCode="AccessDenied*")}',)
    ),
    # The pattern of the remediation, and the shorter one that CIS 1.2 prescribes.
    "console-sign-in-without-mfa": Exactly((f"{{{_NO_MFA}&&{_SUCCESS}}}", f"{{{_NO_MFA}}}")),
    "root-account-use": Exactly((_ROOT,)),
    # The page recommends the pattern with the event source; CIS has it without.
    "iam-policy-changes": Exactly((_events_from("iam.amazonaws.com", *_IAM), _events(*_IAM))),
    "cloudtrail-changes": Exactly(
        (_events("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),)
    ),
    "console-sign-in-failures": Exactly(
        ('{($.eventName=ConsoleLogin)&&($.errorMessage="Failed authentication")}',)
    ),
    "kms-key-disabled-or-deleted": Exactly(
        (_events_from("kms.amazonaws.com", "DisableKey", "ScheduleKeyDeletion"),)
    ),
    "s3-bucket-policy-changes": Exactly(
        (
            _events_from(
                "s3.amazonaws.com",
                *("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle"),
                *("PutBucketReplication", "DeleteBucketPolicy", "DeleteBucketCors"),
                *("DeleteBucketLifecycle", "DeleteBucketReplication"),
            ),
        )
    ),
    "config-changes": Exactly(
        (
            _events_from(
                "config.amazonaws.com",
                *("StopConfigurationRecorder", "DeleteDeliveryChannel"),
                *("PutDeliveryChannel", "PutConfigurationRecorder"),
            ),
        )
    ),
    "security-group-changes": Exactly(
        (
            _events(
                *("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"),
                *("RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"),
                *("CreateSecurityGroup", "DeleteSecurityGroup"),
            ),
        )
    ),
    "network-acl-changes": Exactly(
        (
            _events(
                *("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl"),
                *("DeleteNetworkAclEntry", "ReplaceNetworkAclEntry"),
                "ReplaceNetworkAclAssociation",
            ),
        )
    ),
    "network-gateway-changes": Exactly(
        (
            _events(
                *("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway"),
                *("CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway"),
            ),
        )
    ),
    "route-table-changes": Exactly(
        (_events_from("ec2.amazonaws.com", *_ROUTES), _events(*_ROUTES))
    ),
    "vpc-changes": Exactly(
        (
            _events(
                *("CreateVpc", "DeleteVpc", "ModifyVpcAttribute"),
                *("AcceptVpcPeeringConnection", "CreateVpcPeeringConnection"),
                *("DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"),
                *("AttachClassicLinkVpc", "DetachClassicLinkVpc"),
                *("DisableVpcClassicLink", "EnableVpcClassicLink"),
            ),
        )
    ),
}


def _check_trail(trail: Trail, control: Control) -> str | None:
    if not trail.is_multi_region:
        return "is not multi-Region"
    if not trail.is_logging:
        return "is not logging"
    if not trail.selectors.management:
        return "does not record reads and writes of management events"
    excludes_kms = "kms.amazonaws.com" in trail.selectors.excluded
    if control.key == "kms-key-disabled-or-deleted" and excludes_kms:
        return "excludes KMS events"
    return None


SCANNER = Scanner(
    name="Security Hub",
    patterns=PATTERNS,
    check_trail=_check_trail,
    requires_namespace=True,
    requires_action=True,
    requires_enabled_actions=True,
    requires_subscription=True,
)


def evaluate(inventory: Inventory) -> tuple[ControlResult, ...]:
    """Evaluate each control that Security Hub has."""
    return evaluate_controls(SCANNER, inventory)
