"""
The models of AWS services that botocore installs.

In:    the name of a model, such as ``ec2``.
Out:   its content, and the names of all models.
Never: network access.

Reading a model takes about 5 ms, and 60 ms for ec2.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from botocore.loaders import Loader


class _Loader(Loader):  # type: ignore[misc]  # botocore has no types
    """A loader that shares the list of services, which takes 10 ms, with all others."""

    def list_available_services(self, type_name: str) -> list[str]:
        return _available_services(type_name)


@cache
def _available_services(type_name: str) -> list[str]:
    names: list[str] = Loader().list_available_services(type_name)
    return names


@cache
def model_names() -> frozenset[str]:
    """The names of all service models."""
    return frozenset(_available_services("service-2"))


@lru_cache(maxsize=8)
def load_model(name: str) -> Mapping[str, Any]:
    """Read a service model. A loader keeps all that it read, so each model has one of its own."""
    model: Mapping[str, Any] = _Loader().load_service_model(name, "service-2")
    return model
