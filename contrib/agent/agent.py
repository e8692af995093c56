"""Tells vurti of the QEMU processes of this machine: `agent.py [PORT]`, as json+http://HOST:PORT/.

VURTI_TOKEN in the environment is the token that vurti must send. Nothing but Python is needed.
"""

import hashlib
import json
import os
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

TOKEN = os.environ.get("VURTI_TOKEN", "")


def vms(*, samples: bool) -> dict:
    """Every QEMU by its UUID. One that is stopped from outside cannot respond."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
            fields = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        options = dict(pairwise(words))
        if not Path(words[0]).name.startswith("qemu-") or "-uuid" not in options:
            continue
        name = options.get("-name", "").split(",")[0].removeprefix("guest=")
        vm = {"status": "NotResponding" if fields[0] in "Tt" else "Up", "name": name}
        if samples:
            ns = (int(fields[11]) + int(fields[12])) * 1_000_000_000 // os.sysconf("SC_CLK_TCK")
            rss_kb = int(fields[21]) * os.sysconf("SC_PAGE_SIZE") // 1024
            vm["statistics"] = {"cpu_time_ns": ns, "rss_kb": rss_kb}
        found[options["-uuid"]] = vm
    return found


def host(question: str) -> dict:
    """This machine, as far as it was asked for."""
    lines = (line.split() for line in Path("/proc/meminfo").read_text().splitlines())
    memory = {words[0]: int(words[1]) for words in lines}
    if question == "stats":
        sizes = {"memory_kb": memory["MemTotal:"], "memory_free_kb": memory["MemAvailable:"]}
        return {"statistics": {**sizes, "vm_count": len(vms(samples=False))}}
    if question == "caps":
        facts = {"hostname": socket.gethostname(), "cpus": os.cpu_count(), "hypervisor": "QEMU"}
        return {"capabilities": {**facts, "memory_kb": memory["MemTotal:"]}}
    return {"complete": True, "absence": "unexplained", "vms": vms(samples=question == "vm_stats")}


class Agent(BaseHTTPRequestHandler):
    """Answers one connection; what has not changed is not sent again."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        question = parse_qs(urlsplit(self.path).query).get("question", ["vms"])[0]
        allowed = not TOKEN or self.headers.get("Authorization") == f"Bearer {TOKEN}"
        body = json.dumps({"version": 1, "host": host(question)}).encode() if allowed else b""
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        known = allowed and self.headers.get("If-None-Match") == etag
        self.send_response(304 if known else 200 if allowed else 401)
        self.send_header("ETag", etag)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(0 if known else len(body)))
        self.end_headers()
        self.wfile.write(b"" if known else body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("", int(sys.argv[1]) if len(sys.argv) > 1 else 8054), Agent)
    print(f"listening on port {server.server_address[1]}", flush=True)
    server.serve_forever()
