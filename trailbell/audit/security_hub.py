"""
AWS Security Hub: CloudWatch.1 to CloudWatch.14.

In:    evidence.
Out:   a grade for each control but the one on Organizations, which Security Hub does not have.
Never: a clause that is merely present. "This control fails if the exact metric filters
       prescribed by CIS are not used", so texts are compared whole, without white space.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
(texts, trail, alarm, subscription; CloudWatch.7 also fails where the trail leaves KMS out) and
the audit steps of CIS 1.2 and 1.4 that the page names (an active multi-Region trail that records
reads and writes of management events). An alarm without action fails CloudWatch.15 and one
whose actions are off CloudWatch.17; both are told here, where they make an alarm worthless.
"""

from trailbell.audit.controls import Control
from trailbell.audit.evaluate import ControlResult, Scanner
from trailbell.audit.evaluate import evaluate as evaluate_controls
from trailbell.audit.inventory import Inventory, Trail
from trailbell.audit.pattern_text_match import Exactly, ExpectedPattern


def _any_of(*names: str) -> str:
    return "||".join(f"($.eventName={name})" for name in names)


def _from(source: str, *names: str) -> str:
    return f"{{($.eventSource={source})&&({_any_of(*names)})}}"


def _only(*names: str) -> str:
    return f"{{{_any_of(*names)}}}"


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

TEXTS: dict[str, ExpectedPattern] = {
    "unauthorized-api-calls": Exactly(
        ('{($.errorCode="*UnauthorizedOperation")||($.errorCode="AccessDenied*")}',)
    ),
    # The remediation's text, and the shorter one that CIS 1.2 prescribes.
    "console-sign-in-without-mfa": Exactly((f"{{{_NO_MFA}&&{_SUCCESS}}}", f"{{{_NO_MFA}}}")),
    "root-account-use": Exactly((_ROOT,)),
    # The page recommends the text with the event source and says that CIS has it without.
    "iam-policy-changes": Exactly((_from("iam.amazonaws.com", *_IAM), _only(*_IAM))),
    "cloudtrail-changes": Exactly(
        (_only("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),)
    ),
    "console-sign-in-failures": Exactly(
        ('{($.eventName=ConsoleLogin)&&($.errorMessage="Failed authentication")}',)
    ),
    "kms-key-disabled-or-deleted": Exactly(
        (_from("kms.amazonaws.com", "DisableKey", "ScheduleKeyDeletion"),)
    ),
    "s3-bucket-policy-changes": Exactly(
        (
            _from(
                "s3.amazonaws.com",
                *("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle"),
                *("PutBucketReplication", "DeleteBucketPolicy", "DeleteBucketCors"),
                *("DeleteBucketLifecycle", "DeleteBucketReplication"),
            ),
        )
    ),
    "config-changes": Exactly(
        (
            _from(
                "config.amazonaws.com",
                *("StopConfigurationRecorder", "DeleteDeliveryChannel"),
                *("PutDeliveryChannel", "PutConfigurationRecorder"),
            ),
        )
    ),
    "security-group-changes": Exactly(
        (
            _only(
                *("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"),
                *("RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"),
                *("CreateSecurityGroup", "DeleteSecurityGroup"),
            ),
        )
    ),
    "network-acl-changes": Exactly(
        (
            _only(
                *("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl"),
                *("DeleteNetworkAclEntry", "ReplaceNetworkAclEntry"),
                "ReplaceNetworkAclAssociation",
            ),
        )
    ),
    "network-gateway-changes": Exactly(
        (
            _only(
                *("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway"),
                *("CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway"),
            ),
        )
    ),
    "route-table-changes": Exactly((_from("ec2.amazonaws.com", *_ROUTES), _only(*_ROUTES))),
    "vpc-changes": Exactly(
        (
            _only(
                *("CreateVpc", "DeleteVpc", "ModifyVpcAttribute"),
                *("AcceptVpcPeeringConnection", "CreateVpcPeeringConnection"),
                *("DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"),
                *("AttachClassicLinkVpc", "DetachClassicLinkVpc"),
                *("DisableVpcClassicLink", "EnableVpcClassicLink"),
            ),
        )
    ),
}


def _trail(trail: Trail, control: Control) -> str | None:
    if not trail.multi_region:
        return "records one Region only"
    if not trail.logging:
        return "is not logging"
    if not trail.selectors.management:
        return "does not record reads and writes of management events"
    left_out = "kms.amazonaws.com" in trail.selectors.excluded
    if control.key == "kms-key-disabled-or-deleted" and left_out:
        return "leaves the events of KMS out"
    return None


SCANNER = Scanner(
    name="Security Hub",
    texts=TEXTS,
    trail=_trail,
    namespace=True,
    action=True,
    enabled=True,
    subscription=True,
)


def evaluate(evidence: Inventory) -> tuple[ControlResult, ...]:
    """The grade of each control that Security Hub has."""
    return evaluate_controls(SCANNER, evidence)
