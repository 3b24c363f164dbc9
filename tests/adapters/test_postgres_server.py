"""The program's own PostgreSQL: closed to others, one owner, ends with it, recovers from anything."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from commerce_api.adapters.postgres_server import PostgresError, PostgresServer, buffers_for

OWNER = """
import sys, time
from pathlib import Path
from commerce_api.adapters.postgres_server import PostgresServer
server = PostgresServer(Path(sys.argv[1]), scratch=True)
server.start()
print(server.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder in which a server was made and stopped: making one is what takes the time."""
    folder = tmp_path_factory.mktemp("made") / "postgres"
    with PostgresServer(folder, scratch=True):
        pass
    return folder


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made, tmp_path / "postgres")


@pytest.fixture
def server(folder):
    with PostgresServer(folder, scratch=True) as server:
        yield server


async def run(dsn, sql):
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def ended(pid):
    """Wait until no such process is left, as long as a shutdown may take."""
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}/cwd").exists():
        assert time.monotonic() < deadline, f"{pid} still runs"
        time.sleep(0.01)
    return True


async def test_the_database_is_there_and_knows_languages(server):
    assert await run(server.dsn, "SELECT current_database() || ' ' || upper('öl')") == "commerce ÖL"


async def test_a_wrong_password_is_refused(server):
    password = (server.folder / "password").read_text()

    with pytest.raises(asyncpg.InvalidPasswordError):
        await run(server.dsn.replace(password, "guess"), "SELECT 1")


def test_nobody_else_reaches_its_files(server):
    assert mode(server.folder / "password") == 0o600
    assert {mode(server.folder / name) for name in ("data", "run")} == {0o700}


def test_it_listens_on_no_port(server):
    ports = (server.folder / "data" / "postmaster.pid").read_text().splitlines()[5]

    assert ports == ""


def test_the_folders_above_keep_their_permissions(made, tmp_path):
    above = tmp_path / "home" / "shop"
    above.mkdir(parents=True)
    (tmp_path / "home").chmod(0o700)
    above.chmod(0o750)
    shutil.copytree(made, above / "postgres")

    with PostgresServer(above / "postgres", scratch=True):
        pass

    assert [mode(tmp_path / "home"), mode(above)] == [0o700, 0o750]


def test_a_second_owner_is_told_who_is_there(server):
    with pytest.raises(PostgresError, match=f"in use by process {os.getpid()}. Stop that one first"):
        PostgresServer(server.folder).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers for others")
async def test_in_somebodys_folder_it_runs_as_they_even_where_they_cannot_go(folder):
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 4711, 4711)
    folder.parent.chmod(0o700)

    with PostgresServer(folder, scratch=True) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid == 4711
        assert await run(server.dsn, "SELECT 1") == 1


async def test_it_can_be_started_again_with_what_it_held(folder):
    with PostgresServer(folder, scratch=True) as server:
        await run(server.dsn, "CREATE TABLE kept AS SELECT 7 AS seven")

    with PostgresServer(folder, scratch=True) as server:
        assert await run(server.dsn, "SELECT seven FROM kept") == 7


async def test_it_ends_when_its_owner_is_killed_and_starts_for_the_next_one(folder):
    owner = subprocess.Popen([sys.executable, "-c", OWNER, folder], stdout=subprocess.PIPE, env={"PYTHONPATH": "src"})
    with owner:
        pid = int(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)

    assert ended(pid)
    with PostgresServer(folder, scratch=True) as server:
        assert await run(server.dsn, "SELECT 1") == 1


async def test_it_recovers_after_it_was_killed_itself(folder):
    killed = PostgresServer(folder, scratch=True)
    killed.start()
    os.kill(killed.pid, signal.SIGKILL)
    killed.stop()

    with PostgresServer(folder, scratch=True) as server:
        assert await run(server.dsn, "SELECT 1") == 1


async def test_a_left_over_process_number_that_is_another_programs_now_does_not_stop_it(folder):
    other = subprocess.Popen(["sleep", "60"])
    (folder / "data" / "postmaster.pid").write_text(f"{other.pid}\n{folder}\n0\n5432\n/nowhere\n\n0\nready\n")
    try:
        with PostgresServer(folder, scratch=True) as server:
            assert await run(server.dsn, "SELECT 1") == 1
    finally:
        other.kill()
        other.wait()


async def test_a_folder_too_deep_for_a_socket_has_it_elsewhere_and_cleans_up(made, tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60) / "postgres"
    shutil.copytree(made, deep)

    with PostgresServer(deep, scratch=True) as server:
        socket = Path((deep / "data" / "postmaster.pid").read_text().splitlines()[4])
        assert await run(server.dsn, "SELECT 1") == 1
        assert mode(socket) == 0o700

    assert not socket.exists()


@pytest.mark.parametrize(("gigabytes", "megabytes"), [(0.25, 128), (2, 512), (64, 4096)])
def test_its_cache_is_a_quarter_of_the_memory_within_bounds(gigabytes, megabytes):
    assert buffers_for(int(gigabytes * 1024**3)) == megabytes


def test_what_it_said_is_told_when_it_cannot_start(folder):
    (folder / "data" / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(
        PostgresError, match=r'(?s)did not start on .*unrecognized configuration parameter "no_such_setting"'
    ):
        PostgresServer(folder, scratch=True).start()
