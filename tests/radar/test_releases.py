"""
New releases of the SDK: the radar names what is new in the release that brought it.

``releases.json`` has the names of the operations of five services in botocore: all of the first
version, and those that each later version added. Its models are licensed under Apache-2.0.
"""

import json
from pathlib import Path

import pytest

from trailbell.radar.sweep import Dismissal, sweep, targets_of

_RELEASES = json.loads((Path(__file__).parent / "releases.json").read_text(encoding="utf-8"))
_ADDED: dict[str, dict[str, list[str]]] = {
    release["version"]: release["added"] for release in _RELEASES["releases"]
}

_NEW = {
    "1.38.38": """
        inspector2:DeleteCodeSecurityIntegration
        inspector2:DeleteCodeSecurityScanConfiguration
        inspector2:BatchDisassociateCodeSecurityScanConfiguration
        inspector2:UpdateCodeSecurityIntegration
        inspector2:UpdateCodeSecurityScanConfiguration
        securityhub:BatchUpdateFindingsV2
        securityhub:CreateAutomationRuleV2
        securityhub:DeleteAggregatorV2
        securityhub:DeleteAutomationRuleV2
        securityhub:DeleteConnectorV2
        securityhub:DisableSecurityHubV2
        securityhub:UpdateAggregatorV2
        securityhub:UpdateAutomationRuleV2
        securityhub:UpdateConnectorV2
    """,
    "1.40.10": """
        guardduty:CreateTrustedEntitySet
        guardduty:DeleteThreatEntitySet
        guardduty:DeleteTrustedEntitySet
        guardduty:UpdateThreatEntitySet
        guardduty:UpdateTrustedEntitySet
    """,
    "1.44.8": """
        observabilityadmin:DeleteConnector
        observabilityadmin:PutConnectorTelemetryManifest
        observabilityadmin:StopThirdPartyTelemetryEnrichment
        securityhub:CancelExportJobV2
        securityhub:StartExportJobV2
    """,
}


def _operations(versions: list[str]) -> dict[str, set[str]]:
    """The operations of the last of these versions."""
    names: dict[str, set[str]] = {}
    for version in versions:
        for service, added in _ADDED[version].items():
            names.setdefault(service, set()).update(added)
    return names


@pytest.mark.parametrize("version", _NEW)
def test_a_release_is_named_by_its_new_operations(version: str) -> None:
    """Everything before is dismissed, one by one, as it was seen then."""
    versions = [*_ADDED]
    before = _operations(versions[: versions.index(version)])
    dismissals = [
        Dismissal(target.service, (target.operation,), "Seen.", "2025-06-16", str(target))
        for target in targets_of(before, ())
    ]
    after = _operations(versions[: versions.index(version) + 1])
    swept = sweep(after, (), lambda _: None, dismissals)
    assert sorted(map(str, swept.unknown)) == sorted(_NEW[version].split())
    assert swept.dismissal_findings == ()
