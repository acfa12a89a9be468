"""Names that something else has, or that nothing can have."""

import pytest

from tests.packs import PACKS
from trailbell.catalog.detection import Detection
from trailbell.compiler.discovery import discover
from trailbell.compiler.stack import Stack
from trailbell.errors import UnknownNameError
from trailbell.scaffold.existing import Existing, check_name
from trailbell.scaffold.new_files import NameTakenError

_EXISTING = Existing(
    discover("detections", Detection).objects,
    discover("stacks", Stack, name="STACK").objects,
    PACKS,
)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="empty"),
        pytest.param("Upper-Case", id="capitals"),
        pytest.param("two--hyphens", id="two hyphens"),
        pytest.param("under_score", id="an underscore"),
        pytest.param("../outside", id="a path"),
        pytest.param("2fa", id="a digit first"),
        pytest.param("a\n", id="a line break"),
        pytest.param("a" * 61, id="too long"),
    ],
)
def test_a_name_is_in_kebab_case(name: str) -> None:
    with pytest.raises(NameTakenError, match=r"is not a detection ID; use lowercase letters"):
        check_name("detection ID", name)


@pytest.mark.parametrize("name", ["import", "manifest"])
def test_a_name_can_be_imported(name: str) -> None:
    with pytest.raises(NameTakenError, match="cannot be the name of a module"):
        check_name("stack name", name)


@pytest.mark.parametrize(
    "identifier",
    [
        pytest.param("root-write-or-sign-in", id="the same ID"),
        pytest.param("root-writeor-sign-in", id="an ID with the same logical ID"),
    ],
)
def test_a_detection_of_the_baseline_is_not_replaced(identifier: str) -> None:
    with pytest.raises(
        NameTakenError, match='"root-write-or-sign-in" exists already, at detections/'
    ):
        _EXISTING.check_detection(identifier)


def test_a_stack_of_the_baseline_is_not_replaced() -> None:
    with pytest.raises(NameTakenError, match=r'"trail" exists already, at stacks/trail\.py:'):
        _EXISTING.check_stack("trail")


def test_a_pack_that_a_stack_deploys_is_not_new() -> None:
    with pytest.raises(
        NameTakenError, match=r'the stack "tamper(-queries)?" deploys the pack "tamper"'
    ):
        _EXISTING.new_pack("tamper", "title")


def test_an_unknown_pack_is_an_error_with_the_nearest_one() -> None:
    with pytest.raises(UnknownNameError) as error:
        _EXISTING.check_known_pack("tampr")
    assert str(error.value) == 'unknown pack "tampr"; did you mean "tamper"?'


def test_a_new_pack_comes_after_all_others() -> None:
    last = max(pack.order for pack in PACKS)
    assert last < _EXISTING.new_pack("own", "title").order <= last + 10
