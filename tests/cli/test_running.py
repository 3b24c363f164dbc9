"""The command as people and machines run it: in a process of its own."""

import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import psutil
import pytest

DEADLINE = 60
README = Path(__file__).parents[2] / "README.md"


class Running:
    """A started command; `said` waits until it has written something."""

    def __init__(self, folder, *arguments, **environment):
        bare = {name: value for name, value in os.environ.items() if not name.startswith(("COMMERCE_", "DATABASE_"))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "commerce_api", *arguments],
            cwd=folder,
            env={**bare, "PYTHONPATH": str(Path("src").absolute()), **environment},
            stderr=subprocess.PIPE,
            text=True,
        )
        self.text = ""

    def said(self, pattern):
        while not (found := re.search(pattern, self.text)):
            line = self.process.stderr.readline()
            assert line, self.text
            self.text += line
        return found

    def address(self):
        return self.said(r"(http://127.0.0.1:\d+)/graphql")[1]

    def ends(self):
        self.text += self.process.stderr.read()
        return self.process.wait(DEADLINE)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()


@pytest.fixture
def start(tmp_path):
    started = []

    def run(*arguments, folder=tmp_path, **environment):
        started.append(Running(folder, *arguments, **environment))
        return started[-1]

    yield run
    for running in started:
        running.close()


class FirstRun:
    """A demonstration store from its first start to Ctrl-C: what was heard of it, and the folder that it leaves."""

    def __init__(self, folder):
        self.folder = folder
        with closing(Running(folder, "demo", "--port", "0")) as running:
            self.answer = post(running.address())
            self.server = server_of(folder)
            running.process.send_signal(signal.SIGINT)
            self.code, self.text = running.ends(), running.text


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    return FirstRun(tmp_path_factory.mktemp("demo"))


def post(address, query="{ channel { code } }", client=httpx):
    return client.post(f"{address}/graphql", json={"query": query}, timeout=30).json()["data"]


def gone(pid):
    deadline = time.monotonic() + DEADLINE
    while Path(f"/proc/{pid}/cwd").exists():
        assert time.monotonic() < deadline, f"{pid} still runs"
        time.sleep(0.02)
    return True


def server_of(folder):
    return int((folder / ".data/postgres/data/postmaster.pid").read_text().splitlines()[0])


def below(pid):
    """The server processes that a process has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if b"server_process" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_a_demonstration_store_answers_and_says_who_can_sign_in(first_run):
    assert first_run.answer == {"channel": {"code": "eu"}}
    assert re.search(r"lena@forest.example +kettle on the moss", first_run.text)


def test_with_the_program_its_database_server_ends(first_run):
    assert first_run.code == 0
    assert gone(first_run.server)


def answers(text):
    """The JSON documents that were printed one after the other."""
    read, place = json.JSONDecoder(), 0
    while place < len(text):
        answer, place = read.raw_decode(text, place)
        yield answer["data"]


def test_what_the_readme_begins_with_is_done_in_a_store_that_was_started_again(first_run, start):
    running = start("demo", folder=first_run.folder, COMMERCE_PORT="0")
    script = "".join(re.findall(r"<!-- A test runs this block.*?```sh\n(.*?)```", README.read_text(), re.DOTALL))

    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"TOKEN=\n{script}"],
        env={"SHOP": running.address(), "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )

    assert run.stderr == ""
    *_, ordered, found = answers(run.stdout)
    placed, [caller] = ordered["placeOrder"], found["customerMatch"]
    assert (placed["errors"], caller["customer"]["lastName"]) == ([], "Waldmann")
    assert (placed["order"]["state"], placed["order"]["paymentStatus"]) == ("CONFIRMED", "AUTHORIZED")
    running.process.send_signal(signal.SIGTERM)
    assert running.ends() == 0


def test_several_processes_share_a_port_and_end_with_their_parent_however_it_ends(first_run, start):
    running = start("demo", "--port", "0", "--workers", "2", folder=first_run.folder)
    address = running.address()
    assert post(address) == {"channel": {"code": "eu"}}
    server, children = server_of(first_run.folder), below(running.process.pid)
    counted = httpx.get(f"{address}/metrics", timeout=30).text
    assert 'commerce_request_duration_seconds_count{operation="",path="/graphql",status="200"} 1.0' in counted

    running.process.kill()

    assert len(children) == 2
    assert all(gone(pid) for pid in (*children, server))


def connections_of(pid):
    """How many TCP connections a process has."""
    connections = psutil.Process(pid).net_connections("tcp")
    return sum(connection.status == psutil.CONN_ESTABLISHED for connection in connections)


def connections_by(processes, address, number):
    """How many of so many connections, one request on each, every process has."""
    with ExitStack() as open_together:
        for _ in range(number):
            post(address, client=open_together.enter_context(httpx.Client()))
        return [connections_of(process) for process in processes]


def test_several_processes_have_as_many_connections_each_and_one_that_dies_leaves_them_to_the_others(first_run, start):
    running = start("demo", "--port", "0", "--workers", "2", folder=first_run.folder)
    address = running.address()
    assert post(address)
    children = below(running.process.pid)
    deadline = time.monotonic() + DEADLINE
    while connections_by(children, address, 2) != [1, 1]:
        assert time.monotonic() < deadline, "one of them does not get ready"

    assert connections_by(children, address, 16) == [8, 8]

    os.kill(children[0], signal.SIGKILL)

    assert gone(children[0])
    assert [post(address) for _ in range(4)] == 4 * [{"channel": {"code": "eu"}}]


@pytest.mark.parametrize(
    ("arguments", "environment", "told"),
    [
        (("serve",), {"COMMERCE_PORT": "x", "COMMERCE_SECRET": "s"}, "COMMERCE_PORT: expected a whole number"),
        (("serve",), {"DATABASE_URL": "postgresql://x/y"}, "COMMERCE_SECRET: required with DATABASE_URL"),
        (("migrate",), {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "COMMERCE_SECRET": "s" * 32}, "does not answer"),
    ],
)
def test_what_cannot_work_is_told_without_a_traceback(start, arguments, environment, told):
    running = start(*arguments, **environment)

    assert running.ends() in {1, 2}
    assert told in running.text
    assert "Traceback" not in running.text


def test_a_port_in_use_is_told(start):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        running = start("serve", "--port", str(port))

        assert running.ends() == 1
    assert f"Cannot listen on 127.0.0.1, port {port}: Address already in use." in running.text


def test_a_data_folder_has_one_user(start, tmp_path):
    lock = tmp_path / ".data/postgres/owner.lock"
    lock.parent.mkdir(parents=True)
    lock.write_text("4711")
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        running = start("migrate")

        assert running.ends() == 1
    assert "is in use by process 4711" in running.text
