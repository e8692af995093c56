"""A vurti that answers over HTTP, read as its store would be."""

from vurti.cli.remote.announce import RemoteAnnounce
from vurti.cli.remote.client import Client
from vurti.cli.remote.reader import Clusters, RemoteReader

__all__ = ["Client", "Clusters", "RemoteAnnounce", "RemoteReader"]
