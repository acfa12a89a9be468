"""Condition keys that exist, their types, and names that are similar to a wrong one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.iam.condition_keys import is_unknown_key, key_type, similar_key


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        pytest.param("aws:SourceVcp", "", id="a misspelled global key"),
        pytest.param("s3:nosuchkey", "", id="no key of the service"),
        pytest.param("token.actions.githubusercontent.com:sub", "", id="of a provider"),
        pytest.param("aws:RequestTag/", "", id="a family without a name"),
        pytest.param("AWS:sourceip", "IPAddress", id="names are compared without case"),
        pytest.param("aws:PrincipalTag/team", "String", id="a tag of the principal"),
        pytest.param("aws:SourceArn", "ARN", id="an ARN"),
        pytest.param("s3:TlsVersion", "Numeric", id="of a service"),
        pytest.param("aws:TagKeys", "String", id="several texts"),
        pytest.param("kms:EncryptionContext:aws:logs:arn", "String", id="a family with a colon"),
        pytest.param("s3:ExistingObjectTag/a", "String", id="a family with a slash"),
        pytest.param("SAML:aud", "String", id="of SAML"),
        pytest.param("lambda:SourceFunctionArn", "ARN", id="in requests to other services"),
    ],
)
def test_types(key: str, kind: str) -> None:
    assert key_type(key) == kind


@pytest.mark.parametrize(
    ("key", "similar"),
    [
        pytest.param("aws:SourceVcp", "aws:SourceVpc", id="global"),
        pytest.param("s3:SourceArn", "aws:SourceArn", id="global behind another prefix"),
        pytest.param("s3:x-amz-alc", "s3:x-amz-acl", id="of a service"),
        pytest.param("SourceIp", "aws:SourceIp", id="without a prefix"),
        pytest.param("s3:nosuchkey", "", id="nothing similar"),
        pytest.param("whatever", "", id="a word, which is no key"),
    ],
)
def test_unknown_keys(key: str, similar: str) -> None:
    assert (is_unknown_key(key), similar_key(key)) == (True, similar)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("oidc.eks.us-east-1.amazonaws.com/id/AAAA:sub", id="of an OIDC provider"),
        pytest.param("iot:Connection.Thing.ThingName", id="of policies of devices"),
        pytest.param("transfer:UserName", id="of a session policy"),
        pytest.param("ec2:SourceInstanceARN", id="of EC2 in requests to others"),
        pytest.param("ec2:osuser", id="of EC2, in the page of another service"),
        pytest.param("nosuchservice:Key", id="no service of AWS"),
        pytest.param("secretsmanager:ResourceTag/team", id="a tag"),
    ],
)
def test_keys_that_may_exist(key: str) -> None:
    assert not is_unknown_key(key)


@given(st.text(max_size=20))
def test_any_text_is_read(key: str) -> None:
    for text in (key, f"aws:{key}", f"s3:{key}", f"../s3:{key}"):
        assert (is_unknown_key(text) and key_type(text)) in (False, "")
        similar_key(text)
