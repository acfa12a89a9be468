"""The operation that an event records, and the types of its parameters."""

import pytest

from trailbell.cloudtrail.operations import Operation, Shape, find_operation


@pytest.mark.parametrize(
    ("source", "name"),
    [
        pytest.param("signin.amazonaws.com", "ConsoleLogin", id="an event that is no call"),
        pytest.param("zz-unknown.amazonaws.com", "Do", id="an unknown service"),
        pytest.param("kms.example.com", "DisableKey", id="no service of AWS"),
        pytest.param("kms.amazonaws.com", "disablekey", id="another case"),
    ],
)
def test_an_event_that_no_model_has_is_no_operation(source: str, name: str) -> None:
    assert find_operation(source, name) is None


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        pytest.param("kms", "DisableKey", Operation("kms", "DisableKey"), id="the same name"),
        pytest.param(
            "lambda",
            "AddPermission20150331v2",
            Operation("lambda", "AddPermission"),
            id="a name with the version of the API",
        ),
        pytest.param(
            "s3",
            "PutAccountPublicAccessBlock",
            Operation("s3", "PutPublicAccessBlock"),
            id="the name of a permission",
        ),
        pytest.param(
            "apigateway", "CreateApi", Operation("apigatewayv2", "CreateApi"), id="a second model"
        ),
        pytest.param(
            "monitoring",
            "PutMetricAlarm",
            Operation("cloudwatch", "PutMetricAlarm"),
            id="a model with another name",
        ),
    ],
)
def test_the_operation_of_an_event(source: str, name: str, expected: Operation) -> None:
    assert find_operation(f"{source}.amazonaws.com", name) == expected


@pytest.mark.parametrize(
    ("operation", "path", "kind"),
    [
        pytest.param(Operation("kms", "DisableKey"), ["keyId"], "string", id="a lowercase letter"),
        pytest.param(
            Operation("ec2", "AuthorizeSecurityGroupIngress"),
            ["ipPermissions", "items"],
            "list",
            id="the items of EC2",
        ),
        pytest.param(
            Operation("ec2", "CreateVpc"), ["tagSpecificationSet"], "list", id="a set of EC2"
        ),
        pytest.param(Operation("s3", "PutBucketAcl"), ["x-amz-acl"], "string", id="a header"),
        pytest.param(
            Operation("lambda", "UpdateFunctionConfiguration"),
            ["environment", "variables", "ANY"],
            "string",
            id="the value of a map",
        ),
        pytest.param(Operation("kms", "DisableKey"), ["martian"], None, id="an unknown member"),
    ],
)
def test_the_type_of_a_member(operation: Operation, path: list[str], kind: str | None) -> None:
    shape = operation.request()
    for name in path:
        shape = shape.below(name) if shape else None
    assert (shape.kind if shape else None) == kind


@pytest.mark.parametrize(
    ("shape", "text", "expected"),
    [
        pytest.param(Shape("kms", "KeyIdType"), "", False, id="it is too short"),
        pytest.param(Shape("kms", "KeyIdType"), "x" * 2049, False, id="it is too long"),
        pytest.param(Shape("kms", "AliasNameType"), "alias/a b", False, id="it has a blank"),
        pytest.param(Shape("kms", "AliasNameType"), "alias/a", True, id="it matches"),
        pytest.param(Shape("kms", "KeyIdType"), "x" * 2048, True, id="it is just not too long"),
        pytest.param(Shape("wafv2", "TagKey"), "#", True, id="an expression of Java allows any"),
    ],
)
def test_a_text_that_the_model_allows(shape: Shape, text: str, *, expected: bool) -> None:
    assert shape.allows(text) is expected
