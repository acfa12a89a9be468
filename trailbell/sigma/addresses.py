"""
A range of IP addresses as texts with stars.

In:    a network.
Out:   texts that match exactly the addresses in it.
Never: a text that also matches other addresses: each ends at a dot or a colon.
"""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network

from trailbell.sigma.refused import RefusedError

_MAX_NETWORKS = 64


def addresses_in(network: IPv4Network | IPv6Network) -> Iterator[str]:
    """The range of addresses as texts, each of which ends at a dot or a colon."""
    groups, bits = (4, 8) if isinstance(network, IPv4Network) else (8, 16)
    size = -network.prefixlen % bits
    if not network.prefixlen or 2**size > _MAX_NETWORKS:
        raise RefusedError(
            f"the range {network} takes more than {_MAX_NETWORKS} comparisons",
            f"write ranges with a prefix length that is a multiple of {bits}, or nearly",
        )
    for part in network.subnets(size):
        if part.prefixlen == network.max_prefixlen:
            yield str(part.network_address)
            continue
        count = part.prefixlen // bits
        if groups == 4:
            yield ".".join(str(part.network_address).split(".")[:count]) + ".*"
            continue
        words = part.network_address.exploded.split(":")[:count]
        if "0000" in words:
            raise RefusedError(
                f"records have several spellings of the addresses in {network}",
                "write a range whose first groups are not zero",
            )
        yield ":".join(word.lstrip("0") for word in words) + ":*"
