"""`vurti` and `python -m vurti`."""

import faulthandler
import sys

PATCHED = frozenset({"run", "serve", "demo", "simulate", "doctor"})
"""The commands that live on sockets and time. The others only read, and start faster without."""


def main() -> None:
    """Run the command line; patch the standard library first where the pipeline will run."""
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    if command in PATCHED:
        from gevent import monkey  # before anything that could keep an unpatched name

        monkey.patch_all()
        # Code that never returns holds up everything, its own naming included: then the supervisor
        # ends vurti by SIGABRT, and the log says where it was.
        faulthandler.enable()
    from vurti.cli import vurti

    vurti(prog_name="vurti")


if __name__ == "__main__":
    main()
