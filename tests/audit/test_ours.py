"""What we compile passes every auditor at once."""

from pathlib import Path

from trailbell.audit.matrix import matrix
from trailbell.command.audit import documents, ours
from trailbell.place import PROJECT


def test_all_that_is_deployed_beside_each_other_passes_everything() -> None:
    graded = matrix(documents(ours(PROJECT / "dist")))
    assert graded.totals == {
        "Security Hub": (14, 14),
        "Prowler": (15, 15),
        "Powerpipe": (15, 15),
    }


def test_the_pack_passes_on_an_existing_log_group_too() -> None:
    beside = tuple(Path(PROJECT, "dist", f"{name}.json") for name in ("alerts", "cis"))
    base = documents(beside)
    for document in base.values():
        for parameter in document.get("Parameters", {}).items():
            if parameter[0] == "BaseStackName":
                parameter[1]["Default"] = "alerts"
    graded = matrix(base, trail_elsewhere=True)
    assert {name: passed for name, (passed, _) in graded.totals.items()} == {
        "Security Hub": 14,
        "Prowler": 15,
        "Powerpipe": 15,
    }
