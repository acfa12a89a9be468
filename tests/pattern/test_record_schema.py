import botocore.session
import pytest

from trailbell.pattern import parse
from trailbell.pattern.ast import Clause, Comparison, IsLiteral, JsonPattern, NotExists
from trailbell.pattern.record_schema import FIELD_SCHEMAS, FieldSchema, FieldType, field_schema


def clause(pattern: str) -> Clause:
    tree = parse(pattern).tree
    assert isinstance(tree, JsonPattern)
    assert isinstance(tree.condition, Comparison | IsLiteral | NotExists)
    return tree.condition


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("{ $.['userIdentity.type'] = x }", None, id="a dotted name is no path"),
        pytest.param("{ $.resources[0].ARN = x }", None, id="one element"),
        pytest.param("{ $.requestParameters.name = x }", None, id="text in most APIs, not in all"),
        pytest.param("{ $.userIdentity.type = x }", FieldSchema(FieldType.TEXT), id="a path"),
        pytest.param("{ $.resources[*].ARN = x }", FieldSchema(FieldType.TEXT), id="any element"),
        pytest.param(
            "{ $.errorCode = x }", FieldSchema(FieldType.TEXT, nullable=True), id="null seen there"
        ),
    ],
)
def test_field_schema(pattern: str, expected: FieldSchema | None) -> None:
    assert field_schema(clause(pattern).selector) == expected


@pytest.mark.slow
def test_text_parameters_are_text_in_every_api() -> None:
    """CloudTrail writes a parameter as the API's model names it, its first letter in lower case."""
    prefix = "requestParameters."
    called = {name.removeprefix(prefix) for name in FIELD_SCHEMAS if name.startswith(prefix)}
    session = botocore.session.get_session()
    found: dict[str, set[str]] = {}
    for service in session.get_available_services():
        model = session.get_service_model(service)
        for operation in model.operation_names:
            input_shape = model.operation_model(operation).input_shape
            for name, member in input_shape.members.items() if input_shape else ():
                parameter = name[:1].lower() + name[1:]
                if parameter in called:
                    found.setdefault(parameter, set()).add(member.type_name)
    assert found == {name: {"string"} for name in called}
