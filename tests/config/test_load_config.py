"""From a file to a Config, and every mistake with its place."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.config import load_config
from vurti.errors import ConfigError
from vurti.model import Cluster, Host, Origin, VmFacts, VmNicFacts


def written(directory: Path, text: str, name: str = "vurti.toml") -> Path:
    file = directory / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def complaints(file: Path) -> list[str]:
    """What is said of the file, without the name of its folder."""
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    return [str(one).replace(f"{file.parent}/", "") for one in caught.value.complaints]


def test_hosts_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        '[hosts.beta]\nurl = "qemu+tcp://b/system"\n'
        '[hosts.alpha]\nurl = "sim://a"\ncluster = "east"\n',
    )
    assert load_config(file).hosts == (
        Host("beta", "qemu+tcp://b/system"),
        Host("alpha", "sim://a", "east"),
    )


def test_what_no_host_tells_of_vms_and_clusters_is_read(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "[hosts.alpha]\nurl = 'sim://a'\n[clusters.east]\nballooning = true\n"
        "[vms.db]\nha = true\npriority = 7\norigin = 'EXTERNAL'\nmemory_mb = 4096\n"
        "pinned_to = 'alpha'\nnics = [{ mac = '56:6F:1A:00:00:01', profile = 'lan' }]\n[vms.web]\n",
    )
    config = load_config(file)
    nic = VmNicFacts("56:6f:1a:00:00:01", "lan")
    assert config.clusters == (Cluster("east", ballooning=True),)
    assert config.vms == (
        VmFacts("db", ha=True, priority=7, origin=Origin.EXTERNAL, memory_mb=4096,
                pinned_to="alpha", nics=(nic,)),
        VmFacts("web"),
    )  # fmt: skip


ONE_MISTAKE = {
    "[pol]\n": "1: pol: unknown table (did you mean `poll`?)",
    "x = 1\n": "1: x: unknown table (there are: api, clusters, hosts, include, inventory, listen,"
    " log, poll, repository, rules, sinks, sources, streams, subscribers, test, vms)",
    "[poll]\n\nstatus_sec = 2": "3: poll.status_sec: unknown key (did you mean `status_secs`?)",
    "[poll]\nstatus_secs = '2'": "2: poll.status_secs: expected a number, this is a text",
    "[poll]\nstatus_secs = true": "2: poll.status_secs: expected a number, this is true or false",
    "[poll]\ntimeout_secs = -1": "2: poll.timeout_secs: should be greater than 0, this is -1",
    "poll = 3": "1: poll: expected a table, this is a whole number",
    "[poll]\nstatus_secs = 20": "2: poll.statistics_secs: must not be less than status_secs",
    "[log]\nlevel = 'INF'": "2: log.level: should be 'TRACE', 'DEBUG', 'INFO', 'WARNING' or"
    " 'ERROR', this is 'INF' (did you mean `INFO`?)",
    "[sources.libvrt]\npushes = true": "1: sources.libvrt: there is no source 'libvrt' (did you"
    " mean `libvirt`?)",
    "sources = 3": "1: sources: expected tables such as [sources.libvirt]",
    "[sources.sim]\nsede = 1": "2: sources.sim.sede: unknown key (did you mean `seed`?)",
    "[sources]\nsim = { seed = 1.5 }": "2: sources.sim.seed: expected a whole number, this is a"
    " number",
    "[hosts.a]\ncluster = 'x'": "1: hosts.a.url: is missing (add `url = …`: The kind of source and"
    ' where it is, such as "qemu+tls://alpha.example/system".)',
    "[hosts.a]\nurl = 'qemu+tpc://a/system'": "2: hosts.a.url: there is no source 'qemu+tpc' (did"
    " you mean qemu+tcp://?)",
    "[hosts.a]\nurl = 'sim:'": "2: hosts.a.url: 'sim:' does not name a simulated host"
    " (write sim://HOSTNAME)",
    "[hosts]\na = 'sim://a'": "2: hosts.a: expected a table, this is a text",
    "hosts = 1": "1: hosts: expected tables such as [hosts.alpha]",
    "[hosts.'']\nurl = 'sim://a'": "1: hosts.'': a host's id is printable and not empty",
    "[rules]\nintents = ['restart_vm', 'restart_wm']": "2: rules.intents[1]: should be"
    " 'destroy_vm', 'restart_vm', 'rerun_vm', 'cold_reboot_vm', 'register_vm',"
    " 'migrate_away', 'activate_host' or 'fence_host', this is 'restart_wm' (did you mean"
    " `restart_vm`?)",
    "[vms.v]\nhaa = true": "2: vms.v.haa: unknown key (did you mean `ha`?)",
    "[vms.v]\norigin = 'EXTERN'": "2: vms.v.origin: should be 'MANAGED', 'EXTERNAL' or"
    " 'HOSTED_ENGINE', this is 'EXTERN' (did you mean `EXTERNAL`?)",
    "[hosts.alpha]\nurl = 'sim://a'\n[vms.v]\npinned_to = 'alhpa'": "4: vms.v.pinned_to: there is"
    " no host 'alhpa' (did you mean `alpha`?)",
    "[vms.v]\nmemory_mb = 5\nmin_memory_mb = 6": "3: vms.v.min_memory_mb: min_memory_mb must not"
    " be more than memory_mb",
    "[vms.v]\nnics = [{mac = '1:2'}]": "2: vms.v.nics[0].mac: '1:2' is no address such as"
    " 56:6f:1a:00:00:01",
    "vms = 1": "1: vms: expected tables such as [vms.alpha]",
    "[vms.'']": "1: vms.'': a VM's id is printable and not empty",
    "[clusters.c]\nbaloning = true": "2: clusters.c.baloning: unknown key (did you mean"
    " `ballooning`?)",
    "[streams.vms]\nfrom = 'polls'": "1: streams.vms: vms is built in (give it another name)",
    "[streams.a]\nfrom = 'vm'": "2: streams.a.from: there is no stream 'vm' (did you mean `vms`?)",
    "[streams.a]\nfrom = 'a'": "2: streams.a.from: the streams go in a circle: a ← a",
    "[streams.a]\nfrom = 'polls'\nchain = [{op = 'settle', secs = 1}]": "3: streams.a.chain[0].op:"
    " settle takes events, and polls are none",
    "[streams.a]\nfrom='vms'\nchain = [\n{op = 'setle', secs = 1}]": "4: streams.a.chain[0].op:"
    " there is no operator 'setle' (did you mean `settle`?)",
    "[sinks.a]\nfrom = 'vms'": "1: sinks.a: expected a table with a kind (there are: ndjson,"
    " webhook)",
    "[sinks.a]\nkind = 'webhok'": "2: sinks.a.kind: there is no kind of sink 'webhok' (did you"
    " mean `webhook`?)",
    "[sinks.a]\nkind = 'ndjson'\nfrom = 'vm'": "3: sinks.a.from: there is no stream 'vm' (did you"
    " mean `vms`?)",
    "[sinks.a]\nkind = 'ndjson'\nfrom = 'polls'": "3: sinks.a.from: polls are not stored: a sink"
    " tells what is",
    "[sinks.a]\nkind = 'ndjson'\nfrom = 'vms'\npaht = 'x'": "4: sinks.a.paht: unknown key (did you"
    " mean `path`?)",
    "[sinks.a]\nkind = 'webhook'\nfrom = 'vms'\nurl = 'ftp://x'": "4: sinks.a.url: a webhook's url"
    " is https://HOST/… or http://HOST/…",
    "a = \n": "1: TOML: Invalid value",
    "a = 1\na = 2\n": "2: TOML: Cannot overwrite a value",
}


@pytest.mark.parametrize(("text", "told"), ONE_MISTAKE.items())
def test_a_mistake_is_told_with_its_line_its_key_and_the_way_out(
    tmp_path: Path, text: str, told: str
) -> None:
    assert complaints(written(tmp_path, text)) == [f"vurti.toml:{told}"]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    told = complaints(
        written(
            tmp_path,
            "[poll]\nstatus_secs = -1\nbogus = 1\n[hosts.a]\nurl = 'qemu+tcp://a'\nname = 'a'\n"
            "[streams.one]\nfrom = 'two'\n[streams.two]\nfrom = 'one'\n[lgo]\n",
        )
    )
    assert [line.split(": ")[:2] for line in told] == [
        ["vurti.toml:2", "poll.status_secs"],
        ["vurti.toml:3", "poll.bogus"],
        ["vurti.toml:5", "hosts.a.url"],
        ["vurti.toml:6", "hosts.a.name"],
        ["vurti.toml:8", "streams.one.from"],
        ["vurti.toml:11", "lgo"],
    ]


def test_a_circle_is_told_once_with_the_whole_way(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "[streams.a]\nfrom = 'c'\n[streams.b]\nfrom = 'a'\n[streams.c]\nfrom = 'b'\n"
        "[streams.beside]\nfrom = 'a'\n",
    )
    assert complaints(file) == ["vurti.toml:2: streams.a.from: the streams go in a circle:"
                                " a ← c ← b ← a"]  # fmt: skip


def test_an_order_that_is_wrong_in_one_chain_is_wrong_across_two(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "[streams.late]\nfrom = 'few'\nchain = [{ op = 'settle', secs = 1 }]\n"
        "[streams.few]\nfrom = 'vms'\nchain = [{ op = 'only', kinds = ['VmAdded'] }]\n",
    )
    (told,) = complaints(file)
    assert told.startswith("vurti.toml:3: streams.late.chain[0].op: settle must stand before only")


def streams(*tables: str) -> str:
    return "".join(f"[streams.{table.replace('; ', chr(10), 1)}\n" for table in tables)


WHERE = "{ op = 'where', condition = \"ha\" }"
SETTLE = "{ op = 'settle', secs = 1 }"
SPLIT = "{ op = 'split', into = { a = \"ha\" } }"
COUNT = "{ op = 'count', secs = 60 }"
WRONG_STREAMS = {
    streams("s]; from = ['vms', 'vm']"): "2: streams.s.from: there is no stream 'vm' (did you mean"
    " `vms`?)",
    streams("s]; from = []"): "2: streams.s.from: a stream is made of 1 to 100 others",
    streams("s]; from = ['vms', 'vms']"): "2: streams.s.from: 'vms' is there twice",
    streams("s]; from = ['vms', 'polls']"): "2: streams.s.from: polls are no events: they cannot be"
    " merged with others",
    streams(f"s]; from = 'polls'\nchain = [{WHERE}]"): "3: streams.s.chain[0].op: where takes"
    " events, and polls are none",
    streams(
        "q]; from = 'vms'", f"s]; from = ['vms', 'q']\nchain = [{SETTLE}]"
    ): "5: streams.s.chain[0].op: settle must stand before the merge of vms and q: it adds events"
    " up, which needs all of them, before any is told",
    streams(
        f"q]; from = 'vms'\nchain = [{SPLIT}]", f"s]; from = 'q.a'\nchain = [{SETTLE}]"
    ): "6: streams.s.chain[0].op: settle must stand before the split of q: it adds events up, which"
    " needs all of them, before any is told",
    streams(
        f"q]; from = 'vms'\nchain = [{SPLIT}]", "s]; from = 'q.b'"
    ): "5: streams.s.from: there is no stream 'q.b' (did you mean `q.a`?)",
    streams(
        f"q]; from = 'vms'\nchain = [{SPLIT}]", "'q.a']; from = 'vms'"
    ): "4: streams.'q.a': q.a is already a part of q (give it another name)",
    streams(
        f"q]; from = 's.a'\nchain = [{SPLIT}]", f"s]; from = 'q.a'\nchain = [{SPLIT}]"
    ): "2: streams.q.from: the streams go in a circle: q ← s ← q",
    streams(
        f"q]; from = ['hosts', 'vms']\nchain = [{COUNT}]", f"s]; from = 'q'\nchain = [{COUNT}]"
    ): "6: streams.s.chain[0].op: count must stand before count: counts of counts say nothing",
    streams(f"s]; from = 'vms'\nchain = [{SPLIT}, {WHERE}]"): "3: streams.s.chain[1].op: nothing"
    " can stand behind split: it ends a chain",
    streams("s]; from = 'vms'\nchain = [{ op = 'merge' }]"): "3: streams.s.chain[0].op: merge is no"
    ' step: write from = ["hosts", "vms"]',
    streams("s]; from = 'vms'\nchain = [{ op = 'where', condition = 'statos' }]"): "3: streams.s"
    ".chain[0].condition: at character 1: there is no field 'statos' (did you mean `status`?)",
    streams(
        "s]; from = 'vms'\nchain = [{ op = 'split', into = { a = 'ha', b = 'ha x' } }]"
    ): "3: streams.s.chain[0].into.b: at character 4: expected `and`, `or` or the end, but there is"
    " 'x'",
    streams("s]; from = 'vms'\nchain = [{ op = 'count', secs = 5, by = ['host', 'kid'] }]"): "3:"
    " streams.s.chain[0].by[1]: there is no field 'kid' (did you mean `kind`?)",
    streams("s]; from = 'vms'\nchain = [{ op = 'changed', fields = ['guest.ipp'] }]"): "3: streams"
    ".s.chain[0].fields[0]: there is no 'guest.ipp' among the parts of a state (did you mean"
    " `guest.ip`?)",
    streams(
        "s]; from = 'vms'\nchain = [{ op = 'set' }]"
    ): "3: streams.s.chain[0]: set needs labels, severity or both",
    streams("s]; from = 'vms'\nchain = [{ op = 'settle', secs = '5' }]"): "3: streams.s.chain[0]"
    ".secs: Input should be a valid number",
    streams("s]; from = 'vms'\nchain = [{ op = 'setle', secs = 5 }]"): "3: streams.s.chain[0].op:"
    " there is no operator 'setle' (did you mean `settle`?)",
}


@pytest.mark.parametrize(("text", "told"), WRONG_STREAMS.items())
def test_contract_17_what_is_wrong_with_a_stream_is_told_with_its_line(
    text: str, told: str, tmp_path: Path
) -> None:
    assert complaints(written(tmp_path, text)) == [f"vurti.toml:{told}"]


def test_streams_are_merged_split_and_made_of_parts(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        streams(
            f"news]; from = ['hosts', 'vms']\nchain = [{SETTLE}, {SPLIT}]",
            f"both]; from = ['news.a', 'news.rest']\nchain = [{COUNT}]",
        ),
    )
    config = load_config(file)
    assert {name: one.sources for name, one in config.definitions.items()} == {
        "news": ("hosts", "vms"), "both": ("news.a", "news.rest"),
    }  # fmt: skip
    assert config.definitions["news"].parts == ("a", "rest")
    assert load_config(file).definitions == config.definitions


def test_paths_are_relative_to_the_file_that_names_them(tmp_path: Path) -> None:
    written(tmp_path, '[sources.libvirt]\nca_path = "ca.pem"\n', "inner/tls.toml")
    file = written(
        tmp_path,
        'include = ["inner/*.toml"]\n[repository]\nurl = "sqlite:///state/v.db"\n',
    )
    config = load_config(file)
    assert config.repository.url == f"sqlite:///{tmp_path}/state/v.db"
    assert config.sources.libvirt.ca_path == tmp_path / "inner" / "ca.pem"


def test_included_hosts_join_those_of_the_file(tmp_path: Path) -> None:
    written(tmp_path, '[hosts.b]\nurl = "sim://b"\n', "hosts.d/2.toml")
    written(tmp_path, '[hosts.a]\nurl = "sim://a"\n', "hosts.d/1.toml")
    file = written(tmp_path, 'include = ["hosts.d/*.toml"]\n[hosts.z]\nurl = "sim://z"\n')
    assert [host.id for host in load_config(file).hosts] == ["z", "a", "b"]


def test_a_mistake_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    written(tmp_path, '[hosts.b]\nurll = "sim://b"\n', "hosts.d/2.toml")
    told = complaints(written(tmp_path, 'include = ["hosts.d/*.toml"]\n'))
    assert [line.split(": ")[0] for line in told] == ["hosts.d/2.toml:1", "hosts.d/2.toml:2"]


def test_a_key_that_two_files_set_names_both(tmp_path: Path) -> None:
    written(tmp_path, "[poll]\nstatus_secs = 3\n", "more.toml")
    told = complaints(written(tmp_path, 'include = ["more.toml"]\n[poll]\nstatus_secs = 2\n'))
    where = f"is set already at {tmp_path}/vurti.toml:3".replace(f"{tmp_path}/", "")
    assert told == [f"more.toml:2: poll.status_secs: {where}"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('include = ["no.toml"]\n', "vurti.toml:1: include: there is no file no.toml"),
        ('include = "x.toml"\n', 'vurti.toml:1: include: expected a list of file names (write'
         ' include = ["hosts.d/*.toml"])'),
        ('include = ["vurti.toml"]\n', "vurti.toml:1: include: vurti.toml includes itself"),
    ],
)  # fmt: skip
def test_a_bad_include_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert complaints(written(tmp_path, text)) == [told]


def test_a_file_that_is_not_there_is_told_as_a_value(tmp_path: Path) -> None:
    (told,) = complaints(tmp_path / "none.toml")
    assert told == "none.toml: file: none.toml cannot be read: No such file or directory"


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    file = tmp_path / "vurti.toml"
    file.write_bytes(b"a = '\xff'\n")
    assert complaints(file) == ["vurti.toml: file: vurti.toml is not UTF-8 text, at byte 5"]


@given(st.text(max_size=60))
def test_whatever_a_file_says_it_is_a_config_or_complaints(text: str) -> None:
    with TemporaryDirectory() as directory:
        assert all(complaints_or_none(written(Path(directory), text)))


def complaints_or_none(file: Path) -> list[str]:
    """What is said of the file; nothing where it is good."""
    try:
        load_config(file)
    except ConfigError as error:
        return [str(one) for one in error.complaints] or [""]
    return []


def test_there_is_no_fleet_divided_into_no_parts(tmp_path: Path) -> None:
    text = '[repository]\nscope = "divided"\nparts = 0\n'
    (told,) = complaints(written(tmp_path, text))
    assert told.startswith("vurti.toml:3: repository.parts:")
