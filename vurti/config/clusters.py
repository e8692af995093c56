"""What is demanded of the hosts of a cluster: the `[clusters.NAME]` tables."""

from pydantic import BaseModel, ConfigDict

from vurti.config.named import ids_of
from vurti.errors import Complaint
from vurti.model import Cluster
from vurti.settings import Tree, bind


class ClusterSettings(BaseModel):
    """One cluster. Its name is that of its table, and what hosts have as their `cluster`. Every key
    is a field of model.Cluster under the same name."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    ballooning: bool = False
    """The memory balloons of its VMs are in use, and are watched."""


def clusters_of(tree: Tree, complaints: list[Complaint]) -> tuple[Cluster, ...]:
    """The clusters, in the order of the file; a host's cluster without a table demands nothing."""
    clusters = (
        _cluster(tree, name, complaints)
        for name in ids_of(tree, "clusters", "a cluster's name", complaints)
    )
    return tuple(one for one in clusters if one is not None)


def _cluster(tree: Tree, name: str, complaints: list[Complaint]) -> Cluster | None:
    settings = bind(ClusterSettings, tree, ("clusters", name), complaints)
    if settings is None:
        return None
    return Cluster(name, **{key: getattr(settings, key) for key in ClusterSettings.model_fields})
