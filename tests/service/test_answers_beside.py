"""The API is answered while the loop that watches does something long, and the other way round."""

from pathlib import Path

from tests.ports import free_port
from tests.programs import ends_well

PROGRAM = """
import sys, threading, time, urllib.request
from vurti import PushAdapter, load_config
from vurti.service.answering import answering
from vurti.service.logs import Log
from vurti.service.redaction import Redaction
from vurti.service.told import Told

config = load_config("vurti.toml")
answered = set()

def ask(url, path):
    with urllib.request.urlopen(f"{url}/{path}", timeout=30) as answer:
        assert answer.read()
    answered.add(path)

told = Told()
with PushAdapter(config, on_committed=told) as adapter:
    with answering(adapter, config, Log(sys.stderr, config.log, Redaction()), told) as answers:
        adapter.run(for_secs=0.5)
        api, listening = f"{answers.api.url}/api/v1", f"http://{config.listen.address}"
        asked = [(api, path) for path in ("about", "vms", "events", "ages", "health")]
        asked += [(listening, path) for path in ("livez", "readyz", "metrics")]
        asking = [threading.Thread(target=ask, args=one) for one in asked]
        for one in asking:
            one.start()
        held_until = time.monotonic() + 8  # while this waits, the loop does not turn
        while len(answered) < 4 and time.monotonic() < held_until:
            time.sleep(0.01)
        beside = set(answered)
        adapter.run(for_secs=1)
        for one in asking:
            one.join()
assert beside == {"about", "vms", "events", "livez"}, beside
assert answered - beside == {"ages", "health", "readyz", "metrics"}, answered
"""
CONFIG = """
[listen]
address = "127.0.0.1:{port}"
[api]
address = "127.0.0.1:0"
[hosts.alpha]
url = "sim://alpha"
"""


def test_what_is_stored_is_told_while_the_loop_is_held_up_and_what_it_is_asked_waits_for_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "vurti.toml").write_text(CONFIG.format(port=free_port()), encoding="utf-8")
    ends_well(PROGRAM, cwd=tmp_path)
