"""Records that hypothesis generates: names, numbers, ARNs, addresses and policies in any member."""

import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.scaffold.records import record, user_caller

# Parts of words that occur in no constant of AWS and in no example.
_TOKEN = st.text("qzxjvkwy", min_size=6, max_size=12)
_HEX = st.text("0123456789abcdef", min_size=17, max_size=17)
_NUMBER = st.integers(10**11, 10**12 - 1).map(str)
_TEXT = st.one_of(
    _TOKEN,
    _NUMBER,
    st.builds("{}@{}.io".format, _TOKEN, _TOKEN),
    st.builds("arn:aws:iam::{}:role/{}/{}".format, _NUMBER, _TOKEN, _TOKEN),
    st.builds("arn:aws:{}:{}:{}:{}".format, _TOKEN, _TOKEN, _NUMBER, _TOKEN),
    st.builds("AKIA{}".format, st.text("QZXJVKWY", min_size=16, max_size=16)),
    st.builds("{}-{}".format, st.sampled_from(["i", "sg", "vpc"]), _HEX),
    st.ip_addresses().map(str),
    st.builds("{}.s3.amazonaws.com".format, _TOKEN),
    st.builds("https://{}.io/{}?{}".format, _TOKEN, _TOKEN, _NUMBER),
    st.builds("User {} of {}, {} {}".format, _TOKEN, _NUMBER, _TOKEN, st.ip_addresses()),
    st.builds('{{"Statement": [{{"Sid": "{}"}}]}}'.format, _TOKEN),
    st.text(max_size=20),
    st.sampled_from(["", "*", "true", "0.0.0.0/0", "example", "example-name-1", "192.0.2.1"]),
)
_VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), _TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(_TOKEN, _TEXT), inner, max_size=3)
    ),
    max_leaves=8,
)
_MEMBERS = ("userName", "roleArn", "bucketName", "Host", "tags", "policyDocument", "description")
_REQUEST = st.dictionaries(st.sampled_from(_MEMBERS), _VALUE, max_size=4)
RECORDS = st.builds(
    lambda call, request, caller: record(call[0], call[1], request, caller),
    st.sampled_from(
        [("iam", "CreateUser"), ("s3", "PutObject"), ("sns", "Publish"), ("zz", "Unknown")]
    ),
    _REQUEST,
    st.one_of(st.none(), st.builds(user_caller, _TOKEN)),
)


def tokens(event: dict[str, Any]) -> set[str]:
    """The parts of words in a record that nothing but this record has."""
    return {
        token
        for text in _texts(event)
        for token in re.findall(r"[qzxjvkwy]{6,}|[QZXJVKWY]{16}", text)
    }


def _texts(value: Any) -> Iterator[str]:
    match value:
        case dict():
            yield from value
            for member in value.values():
                yield from _texts(member)
        case list():
            for element in value:
                yield from _texts(element)
        case str() | int():
            yield str(value)
        case _:
            pass
