"""
The radar over the installed SDK: models, proofs and dismissals put together.

In:    detections, and dismissals.
Out:   a `Sweep`, and the `Proof` of each operation that is detected.
Never: a model of a service that is not watched.
"""

from collections.abc import Iterable, Sequence

from trailbell.catalog.detection import Detection
from trailbell.cloudtrail.operations import operations_of
from trailbell.radar.proof import Proof, Prover
from trailbell.radar.services import watched_services
from trailbell.radar.sweep import Dismissal, Sweep, Target, sweep

_DOMAIN = ".amazonaws.com"


def sweep_sdk(
    detections: Iterable[Detection], dismissals: Sequence[Dismissal]
) -> tuple[Sweep, dict[Target, Proof]]:
    """Sweep the models of the installed botocore."""
    prover = Prover(detections)
    services = prover.services
    models = {
        service: {operation.name: operation for operation in operations_of(service + _DOMAIN)}
        for service in watched_services(services)
    }
    proofs: dict[Target, Proof] = {}

    def detection_of(target: Target) -> str | None:
        operation = models[target.service][target.operation]
        proof = prover.prove(target.service + _DOMAIN, operation)
        if proof is None:
            return None
        proofs[target] = proof
        return proof.detection.id

    return sweep(models, services, detection_of, dismissals), proofs
