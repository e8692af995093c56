"""What may come in in a test, and what then comes out of the streams that production has."""

import socket
from pathlib import Path

import pytest

from tests.checks.checking import verdict, verdicts

GOOD = {
    "polls, of which a status is enough": """
stream = "vms"
in  = "-u-p-|"
out = "-a-s-|"
where.u = { host = "alpha", vms = { vm1 = "Up" } }
where.p = { host = "alpha", vms = { vm1 = { status = "Paused", pause_status = "ENOSPC" } } }
where.a = { event = "VmAdded", vm = "vm1", before = "none", after = "Up" }
where.s = { event = "VmStateChanged", before = "Up", after = "Paused", marks = ["paused_enospc"] }
""",
    "a miss, which says nothing of VMs": """
stream = "vms"
in  = "-u-x-x-|"
out = "-a-----|"
where.u = { host = "alpha", vms = { vm1 = "Up" } }
where.x = { host = "alpha", missed = "timeout" }
where.a = { event = "VmAdded" }
""",
    "pushes of two hosts that make one migration": """
stream = "vms"
known.vms.vm1 = { status = "Up", run_on = "alpha" }
in  = "-f-b-|"
out = "-l-m-|"
where.f = { host = "alpha", push = { vm1 = "MigratingFrom" } }
where.b = { host = "beta", push = { vm1 = { status = "Up", begun = "migrated" } } }
where.l = { event = "VmStateChanged", after = "MigratingFrom" }
where.m = { event = "VmMigrated", from = "alpha", to = "beta", cluster = "east" }
""",
    "several hosts, each of which has VMs of its own": """
stream = "vms"
in  = "-(ab)-|"
out = "-(xy)-|"
where.a = { host = "alpha", vms = { vm1 = "Up" } }
where.b = { host = "beta", vms = { vm2 = "Up" } }
where.x = { event = "VmAdded", vm = "vm1", after = { status = "Up", run_on = "alpha" } }
where.y = { event = "VmAdded", vm = "vm2", after = { status = "Up", run_on = "beta" } }
""",
    "a group with commas, of longer names": """
stream = "vms"
in  = "-(up,more)-|"
out = "-(x,y)-----|"
where.up   = { host = "alpha", vms = { vm1 = "Up" } }
where.more = { host = "beta", vms = { vm2 = "Up" } }
where.x = { event = "VmAdded", vm = "vm1" }
where.y = { event = "VmAdded", vm = "vm2" }
""",
    "events, which go straight into a stream": """
stream = "quiet"
in  = "-d-u-----d-------|"
out = "--------------d--|"
where.d = { event = "VmStateChanged", vm = "vm1", before = "Up", after = "Down" }
where.u = { event = "VmStateChanged", vm = "vm1", before = "Down", after = "Up" }
""",
    "what a host is made of, and how it is": """
stream = "hosts"
in  = "--c-s-|"
out = "w-t-u-|"
where.t = { event = "VdsStateChanged", rule = "capabilities" }
where.c = { host = "alpha", caps = { cpus = 8, hypervisor = "kvm" } }
where.s = { host = "alpha", stats = { cpu_percent = 12.5 } }
where.w = { event = "VdsAdded", host = "alpha", cluster = "east" }
where.u = { event = "VdsStateChanged", after = "Up" }
""",
    "a disk that is plugged in": """
stream = "vms"
known.vms.vm1 = { status = "Up", run_on = "alpha" }
in  = "-h-d-i-e-|"
out = "---x---y-|"
where.h = { host = "alpha", vms = { vm1 = { status = "Up", device_hash = "1" } } }
where.d = { host = "alpha", devices = { vm1 = [{ kind = "disk", id = "a" }] } }
where.i = { host = "alpha", vms = { vm1 = { status = "Up", device_hash = "2" } } }
where.e = { host = "alpha", devices = { vm1 = [{ kind = "disk", id = "a" }, { kind = "nic" }] } }
where.x = { event = "VmDevicesChanged", vm = "vm1" }
where.y = { event = "VmDevicesChanged", vm = "vm1", changed = ["hardware"] }
""",
    "an announcement, and its end": """
stream = "vms"
known.vms.vm1 = { status = "Up", run_on = "alpha" }
in  = "-e--d---|"
out = "----(sx)|"
where.e = { expect = "shut_down", vm = "vm1" }
where.d = { host = "alpha", push = { vm1 = { status = "Down", exit_status = "Normal" } } }
where.s = { event = "VmStateChanged", after = "Down" }
where.x = { event = "VmExpectationEnded", marks = ["expectation_met"] }
""",
    "an announcement that is taken back": """
stream = "vms"
known.vms.vm1 = { status = "Up", run_on = "alpha" }
in  = "-e--c--|"
out = "----x--|"
where.e = { expect = "shut_down", vm = "vm1" }
where.c = { cancel = "e" }
where.x = { event = "VmExpectationEnded", marks = ["expectation_cancelled"] }
""",
    "vurti's own end and new start": """
stream = "vms"
known.vms.vm1 = { status = "Up", run_on = "alpha" }
in  = "-r--g--|"
out = "----d--|"
where.r = { restart = true }
where.g = { host = "alpha", vms = {} }
where.d = { event = "VmStateChanged", vm = "vm1", before = "Up", after = "Down", restart = true }
""",
    "vurti is killed before it has stored what it said": """
stream = "vms"
known.vms.vm1 = { status = "Up", run_on = "alpha" }
in  = "-(dk)--d--|"
out = "-s-----t--|"
where.d = { host = "alpha", push = { vm1 = { status = "Down", exit_status = "Normal" } } }
where.k = { restart = "killed" }
where.s = { event = "VmStateChanged", before = "Up", after = "Down" }
where.t = { event = "VmStateChanged", before = "Up", after = "Down", restart = true }
""",
    "what is known at the start, where the test wants to hear it": """
stream = "vms"
known.vms.vm1 = { status = "Paused", run_on = "alpha", pause_status = "EIO" }
in  = "--|"
out = "k-|"
where.k = { event = "VmKnown", vm = "vm1", after = { status = "Paused", pause_status = "EIO" } }
""",
    "polls, and what the stream of them says": """
stream = "polls"
in  = "-u-x-|"
out = "-u-x-|"
where.u = { host = "alpha", vms = { vm1 = "Up" } }
where.x = { host = "alpha", missed = "recovering", question = "stats" }
""",
    "a VM that vanishes from a host that does not say why": """
stream = "vms"
in  = "-u-g------------|"
out = "-a-n---------d--|"
where.u = { host = "gamma", vms = { vm1 = "Up" } }
where.g = { host = "gamma", vms = {} }
where.a = { event = "VmAdded" }
where.n = { event = "VmStateChanged", after = "Unknown", reason = "vanished*" }
where.d = { event = "VmStateChanged", after = "Down" }
""",
    "a minute a character": """
stream = "hosts"
secs = 60
known.hosts.alpha = "Up"
in  = "-x-x-x-|"
out = "-c---n-|"
where.x = { host = "alpha", missed = "network" }
where.c = { event = "VdsStateChanged", before = "Up", after = "Connecting" }
where.n = { event = "VdsStateChanged", after = "NonResponsive" }
""",
    "misses without a stall, by which a host is judged": """
stream = "hosts"
known.hosts.alpha = "Up"
secs = 10
in  = "-x-x---x|"
out = "-c-----n|"
where.x = { host = "alpha", missed = "network" }
where.c = { event = "VdsStateChanged", after = "Connecting" }
where.n = { event = "VdsStateChanged", after = "NonResponsive" }
""",
    "vurti stands still, and judges nobody by that": """
stream = "hosts"
known.hosts.alpha = "Up"
secs = 10
in  = "-x-x-S-x|"
out = "-c-----h|"
where.h = { event = "VdsAlerted", marks = ["judgement_held"] }
where.S = { stall = 5 }
where.x = { host = "alpha", missed = "network" }
where.c = { event = "VdsStateChanged", after = "Connecting" }
""",
}


@pytest.mark.parametrize("what", GOOD)
def test_it_comes_in_as_in_production(tmp_path: Path, what: str) -> None:
    assert verdict(tmp_path, GOOD[what]).difference == ""


LIST = '[{"vmId": "vm1", "status": "Up"}, {"vmId": "vm2", "status": "Paused"}]'
RAW = {
    "vdsm's list": ("vdsm", LIST),
    "vdsm's whole reply": ("vdsm", f'{{"jsonrpc": "2.0", "id": "1", "result": {LIST}}}'),
    "an agent's": ("json", '{"version": 1, "host":'
                   ' {"vms": {"vm1": {"status": "Up"}, "vm2": {"status": "Paused"}}}}'),
    "XML of an old vdsm": ("vdsm_xmlrpc", "<methodResponse><params><param><value><struct>"
        "<member><name>status</name><value><struct><member><name>code</name><value><int>0</int>"
        "</value></member></struct></value></member><member><name>statsList</name><value><array>"
        "<data><value><struct><member><name>vmId</name><value>vm1</value></member><member>"
        "<name>status</name><value>Up</value></member></struct></value><value><struct><member>"
        "<name>vmId</name><value>vm2</value></member><member><name>status</name><value>Paused"
        "</value></member></struct></value></data></array></value></member></struct></value>"
        "</param></params></methodResponse>"),
}  # fmt: skip


@pytest.mark.parametrize("what", RAW)
def test_raw_words_go_through_the_decoder_of_their_source(tmp_path: Path, what: str) -> None:
    source, text = RAW[what]
    test = f"""
stream = "vms"
in  = "-w---|"
out = "-(ab)|"
where.w = {{ host = "alpha", raw = '''{text}''', source = "{source}" }}
where.a = {{ event = "VmAdded", vm = "vm1", after = "Up" }}
where.b = {{ event = "VmAdded", vm = "vm2", after = "Paused" }}
"""
    assert verdict(tmp_path, test).difference == ""


def test_raw_words_that_nobody_understands_are_a_miss_as_in_production(tmp_path: Path) -> None:
    test = """
stream = "polls"
in  = "-w-|"
out = "-m-|"
where.w = { host = "alpha", raw = "{" }
where.m = { host = "alpha", missed = "decode" }
"""
    assert verdict(tmp_path, test).difference == ""


def test_raw_words_that_a_host_said_by_itself_are_a_push(tmp_path: Path) -> None:
    test = """
stream = "vms"
known.vms.vm1 = { status = "Up", run_on = "alpha" }
in  = "-w-|"
out = "-d-|"
where.w = { host = "alpha", raw = '{"vm1": {"status": "Down", "exitCode": 1}}', pushed = true }
where.d = { event = "VmStateChanged", after = { status = "Down", exit_status = "Error" } }
"""
    assert verdict(tmp_path, test).difference == ""


def test_the_rules_are_those_of_the_file(tmp_path: Path) -> None:
    test = """
stream = "intents"
known.vms.vm1 = { status = "Up", run_on = "alpha", ha = true }
in  = "-g-|"
out = "-i-|"
where.g = { host = "alpha", vms = {} }
where.i = { intent = "restart_vm", vm = "vm1" }
"""
    assert verdict(tmp_path, test, "[rules]\nintents = ['restart_vm']").difference == ""
    assert "nothing came" in verdict(tmp_path, test).difference


def test_facts_of_the_file_are_known(tmp_path: Path) -> None:
    test = """
stream = "vms"
in  = "-u-g-|"
out = "-a-d-|"
where.u = { host = "alpha", vms = { vm1 = "Up" } }
where.a = { event = "VmAdded" }
where.g = { host = "alpha", vms = {} }
"""
    test = (
        test.replace('"-a-g-|"', '"-a-d-|"')
        + "where.d = { event = 'VmStateChanged', marks = ['ha_failed'] }"
    )
    more = "[rules]\nintents = ['restart_vm']\n[vms.vm1]\nha = true\n"
    assert verdict(tmp_path, test, more).difference == ""


def test_an_announcement_that_vurti_refuses_fails_the_test_and_says_why(tmp_path: Path) -> None:
    test = """
stream = "vms"
in  = "-e-|"
out = "---|"
where.e = { expect = "shut_down", vm = "vm1" }
"""
    told = verdict(tmp_path, test).difference
    assert told == "vurti refused what was announced: e at 1 s: no VM 'vm1' is known"


def test_a_configuration_without_hosts_may_be_tested_with_any(tmp_path: Path) -> None:
    (one,) = verdicts(
        tmp_path,
        """
[[test]]
why = "so it is"
stream = "vms"
in  = "-u-|"
out = "-a-|"
where.u = { host = "anybody", vms = { vm1 = "Up" } }
where.a = { event = "VmAdded", after = { run_on = "anybody" } }
""",
    )
    assert one.difference == ""


SCOPED = {
    "a VM that migrates into another scope, with a restart in between": """
stream = "vms"
known.vms.vm1 = { status = "Up", run_on = "alpha" }
in  = "-f-r-b-----|"
out = "-l---(mxj)-|"
where.f = { host = "alpha", push = { vm1 = "MigratingFrom" } }
where.r = { restart = true }
where.b = { host = "gamma", push = { vm1 = { status = "Up", begun = "migrated" } } }
where.l = { event = "VmStateChanged", after = "MigratingFrom" }
where.m = { event = "VmMigrated", from = "alpha", to = "gamma", restart = true }
where.x = { event = "VmLeftScope" }
where.j = { event = "VmJoinedScope" }
""",
    "events that go straight into a stream": """
stream = "quiet"
in  = "-d-------|"
out = "------d--|"
where.d = { event = "VmStateChanged", vm = "vm1", before = "Up", after = "Down" }
""",
    "announcements and intents": """
stream = "intents"
known.vms.vm1 = { status = "Up", run_on = "alpha", ha = true }
in  = "-e-g-|"
out = "---i-|"
where.e = { expect = "reboot", vm = "vm1" }
where.g = { host = "alpha", vms = {} }
where.i = { intent = "restart_vm", vm = "vm1" }
""",
}


@pytest.mark.parametrize("what", SCOPED)
def test_clusters_with_scopes_of_their_own_are_tested_alike(tmp_path: Path, what: str) -> None:
    more = (
        "[repository]\nscope = 'cluster'\n[rules]\nintents = ['restart_vm']\n"
        "[hosts.delta]\nurl = 'vdsm://delta.example'\ncluster = 'west'\n"
    )
    assert verdict(tmp_path, SCOPED[what].replace("gamma", "delta"), more).difference == ""


def test_the_tests_of_a_configuration_reach_nothing_outside(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as receiver:
        url = f"http://127.0.0.1:{receiver.getsockname()[1]}/"
        more = (
            f"[sinks.pager]\nkind = 'webhook'\nfrom = 'vms'\nurl = '{url}'\n"
            f"[sinks.all]\nkind = 'ndjson'\nfrom = 'events'\npath = 'events.ndjson'\n"
            f"[inventory.cmdb]\nurl = '{url}'\n"
        )
        test = GOOD["polls, of which a status is enough"]
        assert verdict(tmp_path, test, more).difference == ""
        receiver.setblocking(False)
        with pytest.raises(BlockingIOError):
            receiver.accept()
    assert [file.name for file in tmp_path.iterdir()] == ["vurti.toml"]


def test_parts_of_split_and_merged_streams_are_tested_by_their_names(tmp_path: Path) -> None:
    more = """
[streams.news]
from = ["hosts", "vms"]
chain = [{ op = "split", into = { bad = "severity == 'error'" }, rest = "other" }]
[streams.night]
from = "news.bad"
chain = [{ op = "set", labels = { team = "night" } }]
"""
    crash = """
known.vms.vm1 = { status = "Up", run_on = "alpha" }
in = "-p-c-|"
where.p = { host = "alpha", push = { vm1 = "Paused" } }
where.c = { host = "alpha", push = { vm1 = { status = "Down", exit_status = "Error" } } }
"""
    bad = 'where.b = { event = "VmStateChanged", after = "Down" }\n'
    other = 'where.o = { event = "VmStateChanged", after = "Paused" }\n'
    night = 'where.n = { event = "VmStateChanged", labels = { team = "night" } }\n'
    for stream, out, named in (
        ("news.bad", "---b-|", bad),
        ("news.other", "-o---|", other),
        ("news", "-o-b-|", bad + other),
        ("night", "---n-|", night),
    ):
        test = f'stream = "{stream}"\nout = "{out}"\n{crash}{named}'
        assert verdict(tmp_path, test, more).difference == ""
