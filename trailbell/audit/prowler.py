"""
Prowler: its fifteen checks of CloudWatch log metric filters.

In:    an inventory.
Out:   a result for each control.
Never: who is notified. Prowler requires a metric filter on the log group of any trail, and an
       alarm on its metric and namespace; no action, no subscription, and no multi-Region trail.

Since 2026, clauses may be in any order, except for unauthorized calls and the root user. One
character may precede a value, so quotes are optional. An event name ends at the end of a word.
Sources, as of commit 0702f9d40916cfe734c7608e64929e4754d74a20:
https://github.com/prowler-cloud/prowler/blob/master/prowler/providers/aws/services/cloudwatch/lib/metric_filters.py
https://github.com/prowler-cloud/prowler/tree/master/prowler/providers/aws/services/cloudwatch
https://github.com/prowler-cloud/prowler/pull/11345
"""

import re

from trailbell.audit.controls import Control
from trailbell.audit.evaluate import ControlResult, Scanner
from trailbell.audit.evaluate import evaluate as evaluate_controls
from trailbell.audit.inventory import Inventory, Trail
from trailbell.audit.pattern_text_match import Clause, ExpectedPattern, InAnyOrder, InOrder


def _clause(member: str, operator: str, value: str, end: str = "") -> Clause:
    """``$.member operator value``, with any blanks and one optional character before the value."""
    regex = rf"\$\.{re.escape(member)}\s*{operator}\s*.?{re.escape(value)}{end}"
    return Clause(f"$.{member} {operator} {value}", regex)


def _names(*names: str, source: str = "", also: tuple[Clause, ...] = ()) -> InAnyOrder:
    sources = (_clause("eventSource", "=", source),) if source else ()
    events = tuple(_clause("eventName", "=", name, end=r"\b") for name in names)
    return InAnyOrder(sources + events + also)


PATTERNS: dict[str, ExpectedPattern] = {
    "unauthorized-api-calls": InOrder(
        (
            _clause("errorCode", "=", "*UnauthorizedOperation"),
            _clause("errorCode", "=", "AccessDenied*"),
        )
    ),
    "console-sign-in-without-mfa": _names(
        "ConsoleLogin", also=(_clause("additionalEventData.MFAUsed", "!=", "Yes"),)
    ),
    "root-account-use": InOrder(
        (
            _clause("userIdentity.type", "=", "Root"),
            Clause(
                "$.userIdentity.invokedBy NOT EXISTS", r"\$\.userIdentity\.invokedBy NOT EXISTS"
            ),
            _clause("eventType", "!=", "AwsServiceEvent"),
        )
    ),
    "iam-policy-changes": _names(
        *("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy"),
        *("PutGroupPolicy", "PutRolePolicy", "PutUserPolicy"),
        *("CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion"),
        *("AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy"),
        *("AttachGroupPolicy", "DetachGroupPolicy"),
    ),
    "cloudtrail-changes": _names(
        "CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"
    ),
    "console-sign-in-failures": _names(
        "ConsoleLogin", also=(_clause("errorMessage", "=", "Failed authentication"),)
    ),
    "kms-key-disabled-or-deleted": _names(
        "DisableKey", "ScheduleKeyDeletion", source="kms.amazonaws.com"
    ),
    "s3-bucket-policy-changes": _names(
        *("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle"),
        *("PutBucketReplication", "DeleteBucketPolicy", "DeleteBucketCors"),
        *("DeleteBucketLifecycle", "DeleteBucketReplication"),
        source="s3.amazonaws.com",
    ),
    "config-changes": _names(
        *("StopConfigurationRecorder", "DeleteDeliveryChannel"),
        *("PutDeliveryChannel", "PutConfigurationRecorder"),
        source="config.amazonaws.com",
    ),
    "security-group-changes": _names(
        *("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"),
        *("RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"),
        *("CreateSecurityGroup", "DeleteSecurityGroup"),
    ),
    "network-acl-changes": _names(
        *("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl"),
        *("DeleteNetworkAclEntry", "ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation"),
    ),
    "network-gateway-changes": _names(
        *("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway"),
        *("CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway"),
    ),
    "route-table-changes": _names(
        *("CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation"),
        *("DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable"),
        source="ec2.amazonaws.com",
    ),
    "vpc-changes": _names(
        *("CreateVpc", "DeleteVpc", "ModifyVpcAttribute"),
        *("AcceptVpcPeeringConnection", "CreateVpcPeeringConnection"),
        *("DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"),
        *("AttachClassicLinkVpc", "DetachClassicLinkVpc"),
        *("DisableVpcClassicLink", "EnableVpcClassicLink"),
    ),
    "organizations-changes": _names(
        *("AcceptHandshake", "AttachPolicy", "CancelHandshake", "CreateAccount"),
        *("CreateOrganization", "CreateOrganizationalUnit", "CreatePolicy"),
        *("DeclineHandshake", "DeleteOrganization", "DeleteOrganizationalUnit"),
        *("DeletePolicy", "DetachPolicy", "DisablePolicyType", "EnableAllFeatures"),
        *("EnablePolicyType", "InviteAccountToOrganization", "LeaveOrganization"),
        *("MoveAccount", "RemoveAccountFromOrganization", "UpdateOrganizationalUnit"),
        "UpdatePolicy",
        source="organizations.amazonaws.com",
    ),
}


def _accept_any_trail(_trail: Trail, _control: Control) -> None:
    """Accept every trail that delivers to a log group, as Prowler does."""


SCANNER = Scanner(
    name="Prowler",
    patterns=PATTERNS,
    check_trail=_accept_any_trail,
    requires_namespace=True,
    requires_action=False,
    requires_enabled_actions=False,
    requires_subscription=False,
)


def evaluate(inventory: Inventory) -> tuple[ControlResult, ...]:
    """Evaluate each control."""
    return evaluate_controls(SCANNER, inventory)
