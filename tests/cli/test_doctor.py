import asyncio
import re
import socket
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from commerce_api.cli import main
from commerce_api.web import graphiql

SECRET = "s" * 32


@pytest.fixture
def doctor(tmp_path, monkeypatch):
    """Run it in an empty folder, with these variables."""

    def run(**environment):
        monkeypatch.chdir(tmp_path)
        bare = {"DATABASE_URL": None, "COMMERCE_PORT": "0"}
        return CliRunner().invoke(main, ["doctor"], env={**bare, **environment})

    return run


def test_a_fresh_checkout_is_well(doctor, tmp_path):
    answer = doctor()

    assert (answer.exit_code, "All is well." in answer.output) == (0, True)
    assert "There is no database yet." in answer.output
    assert list(tmp_path.iterdir()) == []


def test_a_good_database_is_well(doctor, dsn):
    answer = doctor(DATABASE_URL=dsn, COMMERCE_SECRET=SECRET)

    assert answer.exit_code == 0, answer.output
    assert "PostgreSQL 18 answers." in answer.output
    assert "The database is at the newest schema" in answer.output


@pytest.mark.parametrize(
    ("environment", "wrong", "cure"),
    [
        (
            {"COMMERCE_WORKERS": "0"},
            "COMMERCE_WORKERS: expected a whole number from 1",
            "the README lists them all",
        ),
        (
            {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "COMMERCE_SECRET": SECRET},
            "The database does not answer",
            "Look at DATABASE_URL",
        ),
        ({"COMMERCE_SMTP_URL": "smtp://127.0.0.1:1"}, "The mail server does not work", "Look at COMMERCE_SMTP_URL."),
        (
            {"COMMERCE_DOCUMENTS": "/etc/hostname"},
            "COMMERCE_DOCUMENTS: /etc/hostname:1: Syntax Error",
            "have the file written anew",
        ),
        ({"COMMERCE_DATA_DIR": "/etc/hostname"}, "/etc/hostname cannot be written to", "COMMERCE_DATA_DIR"),
    ],
)
def test_what_is_wrong_is_told_with_its_cure(doctor, environment, wrong, cure):
    answer = doctor(**environment)

    assert answer.exit_code == 1
    assert f" WRONG  {wrong}" in answer.output
    assert cure in answer.output


async def test_a_database_without_our_schema_is_told_with_its_cure(doctor, empty_database):
    answer = await asyncio.to_thread(doctor, DATABASE_URL=empty_database, COMMERCE_SECRET=SECRET)

    assert answer.exit_code == 1
    assert " WRONG  The database is empty, the newest is" in answer.output
    assert "Run `commerce-api migrate`." in answer.output


def test_clocks_that_do_not_agree_are_told(doctor, dsn, monkeypatch):
    monkeypatch.setattr("commerce_api.cli.doctor.now", lambda: datetime(2020, 1, 1, tzinfo=UTC))

    answer = doctor(DATABASE_URL=dsn, COMMERCE_SECRET=SECRET)

    assert re.search(r" WRONG  The database's clock and this one are \d+ seconds apart.", answer.output)


def test_a_full_disk_is_told(doctor, monkeypatch):
    monkeypatch.setattr("commerce_api.cli.doctor._ROOM", 1 << 80)

    assert " WRONG  Less than 1 GB is free there." in doctor().output


def test_what_is_odd_about_a_production_is_noted(doctor, dsn):
    answer = doctor(DATABASE_URL=dsn, COMMERCE_SECRET=SECRET)

    assert "COMMERCE_SECRET looks as if it could be guessed." in answer.output
    assert "lead to http://127.0.0.1:8000." in answer.output


def test_good_documents_are_well(doctor, tmp_path):
    (tmp_path / "own.graphql").write_text("{ channel { code } }")

    assert "The registered documents can be used." in doctor(COMMERCE_DOCUMENTS=str(tmp_path)).output


@pytest.mark.parametrize("there", [False, True])
def test_it_knows_whether_the_files_of_graphiql_are_there(doctor, monkeypatch, tmp_path, there):
    monkeypatch.setattr(graphiql, "HERE", tmp_path / "graphiql")
    (tmp_path / "graphiql/vendor").mkdir(parents=True)
    for name in graphiql._FETCHED[0 if there else 1 :]:
        (tmp_path / "graphiql/vendor" / name).touch()

    answer = doctor()

    assert ("The files of GraphiQL are there." in answer.output) is there
    assert ("`make ui`" in answer.output) is not there
    assert "GraphiQL" not in doctor(COMMERCE_GRAPHIQL="false").output


def test_too_many_connections_are_told(doctor, dsn):
    answer = doctor(DATABASE_URL=dsn, COMMERCE_SECRET=SECRET, COMMERCE_WORKERS="10", COMMERCE_POOL_SIZE="50")

    assert "510 connections are needed, 200 are allowed for everybody." in answer.output


def test_a_taken_port_is_noted(doctor):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answer = doctor(COMMERCE_PORT=str(port))

    assert f"port {port}: Address already in use." in answer.output


def test_a_misspelled_variable_is_noted(doctor):
    assert "COMMERCE_PROT means nothing here." in doctor(COMMERCE_PROT="1").output
