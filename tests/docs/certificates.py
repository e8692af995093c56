"""The certificates that docs/certificates.md tells to make."""

import subprocess
from pathlib import Path

from tests.docs.pages import ROOT, blocks

ELSEWHERE = ("/etc/", "/usr/", "systemctl", "vurti doctor")
BLOCKS = list(blocks(ROOT / "docs" / "certificates.md"))
MAKING = [
    one.text for one in BLOCKS
    if one.language == "sh" and not any(word in one.text for word in ELSEWHERE)
]  # fmt: skip
TOLD_TO_LIBVIRT = next(one.text for one in BLOCKS if "tls_allowed_dn_list" in one.text)


def make(home: Path, host: str = "alpha.example") -> None:
    """Run the page's commands there, from top to bottom, for a host of this name."""
    commands = "\n".join(MAKING).replace("alpha.example", host)
    run(commands, home)


def run(commands: str, home: Path) -> str:
    """What they print; none of them may fail."""
    done = subprocess.run(
        ["sh", "-e"], input=commands, cwd=home, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
