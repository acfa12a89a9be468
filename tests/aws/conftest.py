"""The fake account that deployments are tested with."""

from tests.deploy.conftest import _server, fake

__all__ = ["_server", "fake"]
