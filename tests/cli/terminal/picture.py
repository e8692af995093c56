"""Makes the picture of the manual from a vurti that answers; keys such as `v enter` may follow:
`python -m tests.cli.terminal.picture URL FILE.svg`."""

import asyncio
import re
import sys
from pathlib import Path

from vurti.cli.remote import Client
from vurti.cli.terminal.drawn.app import Top
from vurti.cli.terminal.drawn.palette import DARK
from vurti.cli.terminal.following import Follower

SIZE = (150, 38)
SEEN_SECS = 30.0
FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


async def picture(url: str, file: Path, keys: list[str]) -> None:
    """Watch for a while, press the keys, and draw what is on the screen. Nothing is waited for: the
    picture is to show the last half minute, and what comes behind a key, so these have to pass."""
    app = Top(Follower(lambda: Client(url)), "vurti.example:7178", DARK)
    async with app.run_test(size=SIZE) as pilot:
        await asyncio.sleep(SEEN_SECS)
        for key in keys:
            await pilot.press(key)
            await asyncio.sleep(1.0)
        svg = app.export_screenshot(title="vurti top", simplify=True)
    # Its font would be fetched from elsewhere.
    file.write_text(FONT.sub("", svg).replace("Fira Code", "ui-monospace"), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(picture(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
