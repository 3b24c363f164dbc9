import socket

import pytest
from typer.testing import CliRunner

from commerce_api.cli import main

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
            "COMMERCE_WORKERS: expected greater than or equal to 1",
            "the README lists them all",
        ),
        (
            {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "COMMERCE_SECRET": SECRET},
            "The database does not answer",
            "Look at DATABASE_URL",
        ),
        ({"COMMERCE_SMTP_URL": "smtp://127.0.0.1:1"}, "The mail server does not work", "Look at COMMERCE_SMTP_URL."),
        ({"COMMERCE_DATA_DIR": "/etc/hostname"}, "/etc/hostname cannot be written to", "COMMERCE_DATA_DIR"),
    ],
)
def test_what_is_wrong_is_told_with_its_cure(doctor, environment, wrong, cure):
    answer = doctor(**environment)

    assert answer.exit_code == 1
    assert f" WRONG  {wrong}" in answer.output
    assert cure in answer.output


def test_too_many_connections_are_told(doctor, dsn):
    answer = doctor(DATABASE_URL=dsn, COMMERCE_SECRET=SECRET, COMMERCE_WORKERS="10", COMMERCE_POOL_SIZE="50")

    assert "500 connections are needed, 200 are allowed for everybody." in answer.output


def test_a_taken_port_is_noted(doctor):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answer = doctor(COMMERCE_PORT=str(port))

    assert f"port {port}: Address already in use." in answer.output


def test_a_misspelled_variable_is_noted(doctor):
    assert "COMMERCE_PROT means nothing here." in doctor(COMMERCE_PROT="1").output
