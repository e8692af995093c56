"""What a configuration says of VMs and clusters is what rules read."""

from pathlib import Path

from vurti import PushAdapter, load_config
from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Cluster, IntentKind, VmFacts

CONFIG = """
[repository]
url = "sqlite:///v.db"
[rules]
intents = ["restart_vm"]
[hosts.alpha]
url = "sim://alpha"
cluster = "east"
[clusters.east]
ballooning = true
[vms.db]
ha = true
"""


def test_configured_vms_clusters_and_intents_reach_the_rules(tmp_path: Path) -> None:
    file = tmp_path / "vurti.toml"
    file.write_text(CONFIG)
    with PushAdapter(load_config(file), clock=VirtualClock()) as adapter:
        adapter.run(1)
        view = adapter.pipeline.view
        assert view.facts == {"db": VmFacts("db", ha=True)}
        assert view.clusters == {"east": Cluster("east", ballooning=True)}
        assert view.rules.intents == (IntentKind.RESTART_VM,)
