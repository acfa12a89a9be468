"""
Powerpipe's AWS compliance mod: its fifteen queries on log metric filters.

In:    an inventory.
Out:   a result for each control.
Never: a namespace, ``ActionsEnabled``, or whether a subscription is confirmed. The queries join
       only by metric name, alarm action and topic.

Clauses must be in the order of CIS, event names without quotes unless stated otherwise. The
queries read the basic event selectors of a trail, so a trail with advanced event selectors fails
all controls.
Sources, as of commit 27d5356c4459a55b2668d622ddc65264ed87443b:
https://github.com/turbot/steampipe-mod-aws-compliance/blob/main/conformance_pack/cloudwatch.pp
https://github.com/turbot/steampipe-mod-aws-compliance/blob/main/cis_v600/section_5.pp
"""

import re

from trailbell.audit.controls import Control
from trailbell.audit.evaluate import ControlResult, Scanner
from trailbell.audit.evaluate import evaluate as evaluate_controls
from trailbell.audit.inventory import Inventory, Trail
from trailbell.audit.pattern_text_match import Clause, ExpectedPattern, InOrder


def _clause(member: str, operator: str, value: str) -> Clause:
    """``$.member operator value``, with any blanks and with quotes exactly as given."""
    regex = rf"\$\.{re.escape(member)}\s*{operator}\s*{re.escape(value)}"
    return Clause(f"$.{member} {operator} {value}", regex)


def _names(*names: str, source: str = "") -> InOrder:
    sources = (_clause("eventSource", "=", source),) if source else ()
    return InOrder(sources + tuple(_clause("eventName", "=", name) for name in names))


def _optionally_quoted(*names: str) -> tuple[Clause, ...]:
    return tuple(Clause(f"$.eventName = {n}", rf'\$\.eventName\s*=\s*"?{n}"?') for n in names)


PATTERNS: dict[str, ExpectedPattern] = {
    "unauthorized-api-calls": InOrder(
        (
            _clause("errorCode", "=", '"*UnauthorizedOperation"'),
            _clause("errorCode", "=", '"AccessDenied*"'),
            _clause("sourceIPAddress", "!=", '"delivery.logs.amazonaws.com"'),
            _clause("eventName", "!=", '"HeadBucket"'),
        )
    ),
    "console-sign-in-without-mfa": InOrder(
        (
            Clause(
                '($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes"',
                r'\(\s*\$\.eventName\s*=\s*"ConsoleLogin"\)\s+&&\s+'
                r'\(\s*\$\.additionalEventData\.MFAUsed\s*!=\s*"Yes"',
            ),
        )
    ),
    "root-account-use": InOrder(
        (
            _clause("userIdentity.type", "=", '"Root"'),
            Clause(
                "$.userIdentity.invokedBy NOT EXISTS", r"\$\.userIdentity\.invokedBy NOT EXISTS"
            ),
            _clause("eventType", "!=", '"AwsServiceEvent"'),
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
    "console-sign-in-failures": InOrder(
        (
            _clause("eventName", "=", "ConsoleLogin"),
            _clause("errorMessage", "=", '"Failed authentication"'),
        )
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
        *("CreateSecurityGroup", "DeleteSecurityGroup", "ModifySecurityGroupRules"),
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
    ),
    "vpc-changes": _names(
        *("CreateVpc", "DeleteVpc", "ModifyVpcAttribute"),
        *("AcceptVpcPeeringConnection", "CreateVpcPeeringConnection"),
        *("DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"),
        *("AttachClassicLinkVpc", "DetachClassicLinkVpc"),
        *("DisableVpcClassicLink", "EnableVpcClassicLink"),
    ),
    "organizations-changes": InOrder(
        (
            _clause("eventSource", "=", "organizations.amazonaws.com"),
            *_optionally_quoted(
                *("AcceptHandshake", "AttachPolicy", "CreateAccount", "CreateOrganizationalUnit"),
                *("CreatePolicy", "DeclineHandshake", "DeleteOrganization"),
                *("DeleteOrganizationalUnit", "DeletePolicy", "DetachPolicy"),
                *("DisablePolicyType", "EnablePolicyType", "InviteAccountToOrganization"),
                *("LeaveOrganization", "MoveAccount", "RemoveAccountFromOrganization"),
                *("UpdatePolicy", "UpdateOrganizationalUnit"),
            ),
        )
    ),
}


def _check_trail(trail: Trail, _control: Control) -> str | None:
    if not trail.is_multi_region:
        return "is not multi-Region"
    if not trail.is_logging:
        return "is not logging"
    if not trail.selectors.basic:
        return "has only advanced event selectors"
    if "All" not in trail.selectors.basic:
        return "has no event selector for both reads and writes"
    return None


SCANNER = Scanner(
    name="Powerpipe",
    patterns=PATTERNS,
    check_trail=_check_trail,
    requires_namespace=False,
    requires_action=True,
    requires_enabled_actions=False,
    requires_subscription=True,
)


def evaluate(inventory: Inventory) -> tuple[ControlResult, ...]:
    """Evaluate each control."""
    return evaluate_controls(SCANNER, inventory)
