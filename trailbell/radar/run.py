"""
The radar over the installed SDK: models, proofs and decisions put together.

In:    detections, and decisions.
Out:   a `Result`: the sweeps of operations and services, and the `Proof` of what is detected.
Never: a model of a service that is not watched.
"""

import importlib.metadata
from collections.abc import Iterable
from dataclasses import dataclass

from trailbell.catalog.detection import Detection
from trailbell.cloudtrail.event_names import models_of
from trailbell.cloudtrail.operations import operations_of
from trailbell.cloudtrail.service_models import model_names
from trailbell.radar.decisions import Decisions
from trailbell.radar.new_services import ServiceSweep, sweep_services
from trailbell.radar.proof import Proof, Prover
from trailbell.radar.services import watched_services
from trailbell.radar.sweep import Sweep, Target, sweep

_DOMAIN = ".amazonaws.com"


@dataclass(frozen=True)
class Result:
    """The sweeps, the proof of each operation that is detected, and the version of the SDK."""

    sweep: Sweep
    services: ServiceSweep
    proofs: dict[Target, Proof]
    sdk: str

    @property
    def has_findings(self) -> bool:
        return self.sweep.has_findings or self.services.has_findings


def sweep_sdk(detections: Iterable[Detection], decisions: Decisions) -> Result:
    """Sweep the models of the installed botocore."""
    prover = Prover(detections)
    of_catalog = prover.services
    watched = [*watched_services(of_catalog)]
    models = {
        service: {operation.name: operation for operation in operations_of(service + _DOMAIN)}
        for service in watched
    }
    proofs: dict[Target, Proof] = {}

    def detection_of(target: Target) -> str | None:
        operation = models[target.service][target.operation]
        proof = prover.prove(target.service + _DOMAIN, operation)
        if proof is None:
            return None
        proofs[target] = proof
        return proof.detection.id

    swept = sweep(models, of_catalog, detection_of, decisions.dismissals)
    watched_models = {model for service in watched for model in models_of(service + _DOMAIN)}
    services = sweep_services(model_names(), watched_models, decisions.unwatched)
    return Result(swept, services, proofs, importlib.metadata.version("botocore"))
