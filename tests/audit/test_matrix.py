"""Sets of metric filters, and how many controls pass at each scanner."""

import json
from pathlib import Path

import pytest

from tests.audit.templates import stack
from trailbell.audit.matrix import build_matrix
from trailbell.audit.report import to_markdown

RULES = json.loads(Path(__file__).with_name("rules.json").read_text(encoding="utf-8"))
SEVENTEEN = json.loads(Path(__file__).with_name("seventeen.json").read_text(encoding="utf-8"))

# The alarms of the Terraform module of 2020 that Trailbell replaces; seven are items of CIS.
ORIGINAL = (
    "{$.userIdentity.type = Root}",
    "{$.eventName = ConsoleLogin && $.additionalEventData.MFAUsed = No}",
    (
        "{$.userIdentity.type != AssumedRole"
        " && $.userIdentity.sessionContext.attributes.mfaAuthenticated != true}"
    ),
    (
        "{$.eventSource = kms.amazonaws.com"
        " && ($.eventName = DeleteAlias || $.eventName = DisableKey)}"
    ),
    (
        "{($.userIdentity.type = IAMUser || $.userIdentity.type = AssumeRole)"
        " && $.eventSource = kms.amazonaws.com && $.eventName = Decrypt}"
    ),
    (
        "{$.eventName = AuthorizeSecurityGroup* || $.eventName = RevokeSecurityGroup*"
        " || $.eventName = CreateSecurityGroup || $.eventName = DeleteSecurityGroup}"
    ),
    "{$.eventSource = iam.* && $.eventName != Get* && $.eventName != List*}",
    (
        "{$.eventSource = ec2.* && ($.eventName = AssociateRouteTable || $.eventName = CreateRoute*"
        " || $.eventName = CreateVpnConnectionRoute || $.eventName = DeleteRoute*"
        " || $.eventName = DeleteVpnConnectionRoute || $.eventName = DisableVgwRoutePropagation"
        " || $.eventName = DisassociateRouteTable || $.eventName = EnableVgwRoutePropagation"
        " || $.eventName = ReplaceRoute*)}"
    ),
    (
        "{$.eventSource = ec2.* && ($.eventName = CreateNetworkAcl*"
        " || $.eventName = DeleteNetworkAcl* || $.eventName = ReplaceNetworkAcl*)}"
    ),
)
# The patterns of most published sets: those of CIS, without event sources that CIS does not have.
CIS = tuple(rule["security_hub"]["texts"][-1] for rule in RULES if rule["security_hub"])
TUNED = ("unauthorized-api-calls", "security-group-changes")


def _texts(*, tuned: bool) -> list[str]:
    """The seventeen patterns, with only one of the two for a control."""
    selected = {entry["control"]: entry["text"] for entry in SEVENTEEN[:: 1 if tuned else -1]}
    return list(selected.values())


@pytest.mark.parametrize(
    ("texts", "totals"),
    [
        pytest.param((), (0, 0, 0), id="no filters"),
        pytest.param(ORIGINAL, (0, 0, 0), id="the original nine pass no control"),
        pytest.param(CIS, (14, 13, 12), id="the fourteen patterns of CIS, as in most sets"),
        pytest.param(
            _texts(tuned=False),
            (14, 15, 13),
            id="one pattern each, verbatim where scanners disagree",
        ),
        pytest.param(
            _texts(tuned=True), (12, 15, 15), id="one pattern each, tuned where scanners disagree"
        ),
        pytest.param(
            [entry["text"] for entry in SEVENTEEN],
            (14, 15, 15),
            id="the seventeen pass all scanners",
        ),
    ],
)
def test_totals(texts: list[str], totals: tuple[int, int, int]) -> None:
    assert build_matrix({"it": stack(*texts)}).totals == {
        "Security Hub": (totals[0], 14),
        "Prowler": (totals[1], 15),
        "Powerpipe": (totals[2], 15),
    }


def test_two_patterns_only_where_scanners_disagree() -> None:
    controls = [entry["control"] for entry in SEVENTEEN]
    assert {c for c in controls if controls.count(c) > 1} == set(TUNED)


@pytest.mark.parametrize(
    "text", [pytest.param(e["text"], id=f"{e['control']}, {e['text'][:40]}") for e in SEVENTEEN]
)
def test_a_filter_pattern_has_1024_characters_at_most(text: str) -> None:
    assert len(text) <= 1024


def test_table_with_published_sets() -> None:
    """Our totals come first; those of published sets are for their default patterns."""
    matrix = build_matrix({"it": stack(*(entry["text"] for entry in SEVENTEEN))})
    gh = "https://github.com"
    assert to_markdown(matrix).splitlines() == [
        "| Set | Security Hub | Prowler | Powerpipe |",
        "| --- | --- | --- | --- |",
        "| **Trailbell** | 14 of 14 | 15 of 15 | 15 of 15 |",
        (
            f"| [terraform-aws-secure-baseline]({gh}/nozaq/terraform-aws-secure-baseline)"
            " | 13 of 14 | 13 of 15 | 14 of 15 |"
        ),
        (
            f"| [terraform-aws-cloudwatch]({gh}/terraform-aws-modules/terraform-aws-cloudwatch)"
            " | 14 of 14 | 13 of 15 | 13 of 15 |"
        ),
        (
            f"| [terraform-aws-cloudtrail-alarms]({gh}/trussworks/terraform-aws-cloudtrail-alarms)"
            " | 14 of 14 | 13 of 15 | 12 of 15 |"
        ),
        (
            "| [terraform-aws-cloudtrail-cloudwatch-alarms]"
            f"({gh}/cloudposse/terraform-aws-cloudtrail-cloudwatch-alarms)"
            " | 14 of 14 | 13 of 15 | 12 of 15 |"
        ),
        f"| [aws-cf-templates]({gh}/widdix/aws-cf-templates) | 14 of 14 | 13 of 15 | 12 of 15 |",
        (
            f"| [Landing Zone Accelerator on AWS]({gh}/awslabs/landing-zone-accelerator-on-aws)"
            " | 14 of 14 | 13 of 15 | 12 of 15 |"
        ),
        (
            "| [Automated Security Response on AWS]"
            f"({gh}/aws-solutions/automated-security-response-on-aws)"
            " | 14 of 14 | 13 of 15 | 12 of 15 |"
        ),
    ]
