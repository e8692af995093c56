"""A PostgreSQL server of the tests' own: a throw-away cluster with its own port and directory.

    with Server() as server:
        url = server.create("vurti")     # a new database; its postgresql:// URL
        server.kill()                    # as a power cut: kill -9 of all its processes
        server.start()

It listens on loopback and trusts who comes; only the database `locked`, if it is made, asks for
PASSWORD. As root it runs as another user. It ends with the process that made it, however that ends.
`fsync` is on: what is told to be committed is on the disk.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.ports import free_port
from tests.waiting import wait_for

HOW = "apt-get install -y --no-install-recommends postgresql; pip install 'vurti[postgres]'"
USER, PASSWORD = "vurti", "open sesame"
WAIT_SECS = 60.0
PREFIX = "vurti-postgres-"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "fsync": "on",
    "max_wal_size": "256MB",
    "recovery_init_sync_method": "syncfs",  # the start after a crash, not what is durable
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %a ",
    "timezone": "Pacific/Chatham",  # nothing may depend on it
    "lc_messages": "C",
}
ACCESS = """
host locked all 127.0.0.1/32 scram-sha-256
local all all trust
host all all 127.0.0.1/32 trust
host replication all 127.0.0.1/32 trust
"""
SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}


def missing() -> list[str]:
    """What the machine lacks for a server; empty where one can be made."""
    lacks = [] if programs() else ["PostgreSQL server"]
    lacks += [tool for tool in ("setpriv",) if shutil.which(tool) is None]
    try:
        import psycopg  # noqa: F401  here, because other tests need no driver
    except ImportError:
        lacks.append("psycopg")
    return lacks


def programs() -> Path | None:
    """The directory of the newest server's programs: PATH seldom has it."""
    places = os.environ.get("PATH", "").split(os.pathsep)
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    found = shutil.which("initdb", path=os.pathsep.join([*places, *map(str, debian)]))
    return Path(found).resolve().parent if found else None


def _version(place: Path) -> int:
    found = re.search(r"/(\d+)/bin$", str(place))
    return int(found[1]) if found else 0


class Server:
    """`settings` are parameters of the server beside SETTINGS."""

    def __init__(self, **settings: str) -> None:
        found = programs()
        assert found is not None, HOW
        self.programs, self._settings = found, {**SETTINGS, **settings}
        self._process: subprocess.Popen[bytes] | None = None
        self._names = 0

    def __enter__(self) -> Self:
        _sweep()
        self.home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        try:
            self._make()
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def url(self, database: str = "postgres", user: str = USER, password: str = "") -> str:
        """Where a database is. `user` is a superuser unless another is named."""
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def create(self, name: str = "", template: str = "template0") -> str:
        """A new database, even where there was one of that name; its URL. Without a name it gets
        one that no other has."""
        self._names += 1
        name = name or f"store{self._names}"
        self.drop(name)
        self.sql(f'create database "{name}" template "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Without it, whoever is connected."""
        self.sql(f'drop database if exists "{name}" with (force)')

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement by a connection of its own; its rows, if it has any."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload] # text of a test
            return cursor.fetchall() if cursor.description else []

    def log(self) -> str:
        """What the server has said."""
        return (self.home / "log").read_text(errors="replace")

    def start(self) -> None:
        """Run it, and wait until it lets others in: after a crash it recovers first."""
        assert self._process is None, "it runs already"
        self._spawn()
        self._wait_for(self._lets_in, "the server lets others in")

    def _spawn(self) -> None:
        settings = {**self._settings, "unix_socket_directories": str(self.home)}
        words = [str(self.programs / "postgres"), "-D", str(self.home / "data")]
        words += ["-p", str(self.port)]
        words += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._as_user(), "--pdeathsig", "QUIT", *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
            )  # fmt: skip

    def stop(self, mode: str = "fast") -> None:
        """In one of PostgreSQL's own ways: smart, fast, or immediate (as a crash, but in order)."""
        self._signalled(SIGNALS[mode])

    def kill(self) -> None:
        """All its processes at one instant: nothing is said to those who are connected."""
        process = self._running()
        for pid in (process.pid, *_children(process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._signalled(signal.SIGKILL)

    def pause(self) -> None:
        """It is there, and answers nobody: connections stay open, new ones are taken by the kernel
        and hear nothing."""
        process = self._running()
        os.kill(process.pid, signal.SIGSTOP)  # first, so that it makes no more children
        for pid in _children(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on where it was paused."""
        process = self._running()
        for pid in (*_children(process.pid), process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def revive(self) -> None:
        """Whatever was done to it, it runs."""
        if self._process is None:
            self.start()
        self.resume()

    def close(self) -> None:
        """End it and remove all that it had. May be called twice."""
        if self._process is not None:
            self.resume()
            self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    @contextmanager
    def standby(self) -> Iterator["Server"]:
        """Another server, which follows this one from its state of now on and can only be read."""
        other = Server(**self._settings)
        other.home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        other.port = free_port()
        _give(other.home)
        copied = [str(self.programs / "pg_basebackup"), "-R", "-D", str(other.home / "data")]
        copied += ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "--checkpoint=fast"]
        try:
            subprocess.run([*self._as_user(), *copied, "--no-sync"], check=True, cwd="/")
            other.start()
            yield other
        finally:
            other.close()

    def _make(self) -> None:
        self.port = free_port()
        secret = self.home / "password"
        secret.write_text(PASSWORD + "\n")
        _give(self.home)
        _give(secret)
        words = [str(self.programs / "initdb"), "-D", str(self.home / "data"), "-U", USER]
        words += ["--pwfile", str(secret), "--auth-local", "trust", "--auth-host", "trust"]
        words += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
        done = subprocess.run(
            [*self._as_user(), *words], capture_output=True, text=True, check=False, cwd="/"
        )
        assert done.returncode == 0, done.stderr
        (self.home / "data" / "pg_hba.conf").write_text(ACCESS)

    def _as_user(self) -> list[str]:
        if os.geteuid() != 0:
            return ["setpriv"]
        user = _other_user()
        return [
            "setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
        ]  # fmt: skip

    def _running(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, "it does not run"
        return self._process

    def _signalled(self, number: signal.Signals) -> None:
        process = self._running()
        children = _children(process.pid)
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)
        process.wait(WAIT_SECS)
        self._process = None
        # The next start is refused while one of them still has the shared memory.
        self._wait_for(lambda: not any(map(_alive, children)), "its processes end")

    def _lets_in(self) -> bool:
        if self._running().poll() is not None:
            # One that was born as its server was killed has the shared memory a little longer.
            last = "".join(self.log().splitlines()[-3:])
            assert "shared memory block" in last, f"PostgreSQL ended:\n{self.log()}"
            self._spawn()
            return False
        try:
            told = (self.home / "data" / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return len(told) > 7 and told[7].strip() == "ready" and told[0] == str(self._running().pid)

    def _wait_for(self, condition: Callable[[], bool], what: str) -> None:
        wait_for(condition, what, WAIT_SECS, 0.01, but=self.log)


def _give(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, _other_user().pw_uid, _other_user().pw_gid)


def _other_user() -> pwd.struct_passwd:
    """Whom the server runs as where we are root, as which it refuses to run."""
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise AssertionError("there is no user nobody")


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _alive(pid: int) -> bool:
    with suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    return False


def _sweep() -> None:
    """Remove what test processes left behind that are no more."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = left.name.removeprefix(PREFIX).split("-", 1)[0]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
