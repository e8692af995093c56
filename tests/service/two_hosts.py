"""The configuration of a fleet of two hosts with living VMs, whose API answers at `port`."""

SETTINGS = """
[repository]
url = "sqlite:///vurti.db"
[listen]
address = ""
[api]
address = "127.0.0.1:{port}"
[poll]
status_secs = 0.2
[sources.sim]
seed = 3
vms_per_host = 300
pace = {pace}
[hosts.host-1]
url = "sim://host-1"
cluster = "east"
[hosts.host-2]
url = "sim://host-2"
cluster = "west"
"""
