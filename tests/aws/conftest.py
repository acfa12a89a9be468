"""The fake account that deployments are tested with."""

from tests.deploy.conftest import _server, deployer, fake

__all__ = ["_server", "deployer", "fake"]
