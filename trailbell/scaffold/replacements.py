"""
Examples in place of what a record names, the same one for the same text.

In:    text of a record, and what kind of text it is.
Out:   an example of the same form; afterwards, how many texts of each kind were replaced.
Never: an example that the record contains already: two texts would become one.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

from trailbell.scaffold.harmless import ACCOUNT, OTHER_ACCOUNT, is_example

_PER_NETWORK = 250
_SHORT_ID = 8

_FORMATS: Mapping[str, Callable[[int], str]] = {
    "e-mail address": lambda number: f"user{number}@example.com",
    "host name": lambda number: f"host{number}.example.com",
    "UUID": lambda number: f"1234abcd-12ab-34cd-56ef-123456{number % 0x10000:04x}ab",
    "request ID": lambda number: f"EXAMPLE{number % 10**9:09d}",
    "permission set": lambda number: (
        f"AWSReservedSSO_example-permissions-{number}_0123456789abcdef"
    ),
}


@dataclass
class Replacements:
    """The examples for one record. ``text`` is the whole record, ``own_account`` its account."""

    text: str
    own_account: str
    examples: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    words: set[str] = field(default_factory=set)

    def account(self, number: str) -> str:
        """The example for an account: one for the account of the record, one for all others."""
        example = ACCOUNT if number == self.own_account else OTHER_ACCOUNT
        return self._store(number, example, "account number")

    def name(self, text: str, kind: str) -> str:
        """An example of a name: ``example-bucket-1`` for the kind ``bucket``."""
        return self._next(text, "name", kind, lambda number: f"example-{kind}-{number}")

    def key(self, name: str) -> str:
        """An example of the name of a member. It differs from those of all other members."""
        return self._next(f"{name}:", "name", "key", lambda number: f"example-key-{number}")

    def formatted(self, text: str, kind: str) -> str:
        """An example of one of the `_FORMATS`."""
        return self._next(text, kind, kind, _FORMATS[kind])

    def key_id(self, text: str) -> str:
        """An access key ID or a unique ID of IAM: the first four letters are its type."""
        return self._next(text, "key or unique ID", text[:4], lambda n: f"{text[:4]}{n}EXAMPLE")

    def resource_id(self, text: str) -> str:
        """The ID of a resource, of the same length: ``i-0123456789abcd001``."""
        prefix, _, digits = text.partition("-")
        start = "1234a" if len(digits) == _SHORT_ID else "0123456789abcd"
        return self._next(
            text, "resource ID", prefix, lambda n: f"{prefix}-{start}{n % 0x1000:03x}"
        )

    def address(self, text: str) -> str:
        """An IP address or range: of the ranges for documentation (RFC 5737, RFC 3849)."""
        address, slash, mask = text.partition("/")
        if ipaddress.ip_address(address).version == 6:
            example = _next_v6
        elif slash and int(mask) <= 24:
            return self._store(text, "192.0.2.0/24", "IP address")
        else:
            example = _next_v4
        return self._next(text, "IP address", "address", lambda n: f"{example(n)}{slash}{mask}")

    def fixed(self, text: str, example: str, kind: str) -> str:
        """A text for which there is one example only."""
        return self._store(text, example, kind)

    def word(self, word: str) -> None:
        """Count a word of free text, for which another word is written that is always the same."""
        if word not in self.words:
            self.words.add(word)
            self.counts["word of free text"] += 1

    def _next(self, text: str, kind: str, series: str, example: Callable[[int], str]) -> str:
        if text in self.examples:
            return self.examples[text]
        used = {*self.examples.values()}
        for number in count(1):
            candidate = example(number)
            is_new = candidate not in used and candidate not in self.text
            if is_new or number > _MOST:
                return self._store(text, candidate, kind)
        raise AssertionError(series)

    def _store(self, text: str, example: str, kind: str) -> str:
        if text == example:
            return text
        if text not in self.examples:
            self.examples[text] = example
            if not is_example(text):
                self.counts[kind] += 1
        return example


_MOST = 5_000
"""After so many examples of one kind, texts share the last one."""


def _next_v4(number: int) -> str:
    networks = ("192.0.2", "198.51.100", "203.0.113")
    index, host = divmod(number - 1, _PER_NETWORK)
    return f"{networks[index % len(networks)]}.{host + 1}"


def _next_v6(number: int) -> str:
    return f"2001:db8::{number:x}"


_ACCOUNT_NUMBER = re.compile(r"(?<!\d)\d{12}(?!\d)")


def account_of(text: str) -> str:
    """The first account number in a text; empty if there is none."""
    match = _ACCOUNT_NUMBER.search(text)
    return match[0] if match else ""
