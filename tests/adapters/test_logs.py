import io
import json
import logging

import pytest
import structlog

from commerce_api.adapters import logs
from tests import log_output


@pytest.fixture
def entries():
    """What is logged from here on, read as JSON lines."""
    stream = io.StringIO()
    with log_output.as_before():
        logs.configure("info", text=False, stream=stream)
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_entry_is_a_json_object_with_the_request_it_belongs_to(entries):
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger().info("order placed", number="E-7")

    [entry] = entries()
    assert entry.pop("timestamp").endswith("Z")
    assert entry == {"event": "order placed", "level": "info", "number": "E-7", "request_id": "r-1"}


def test_the_standard_library_logs_the_same_way(entries):
    with structlog.contextvars.bound_contextvars(request_id="r-2"):
        logging.getLogger("asyncio").warning("slow callback of %s", "ada@shop.example")

    [entry] = entries()
    assert (entry["event"], entry["level"], entry["request_id"]) == ("slow callback of [redacted]", "warning", "r-2")


def test_less_than_the_level_is_not_logged(entries):
    structlog.get_logger().debug("details")

    assert entries() == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("mail to ada.l+x@shop.example failed", "mail to [redacted] failed"),
        ("connect postgresql://commerce:hunter2@db:5432/x", "connect postgresql://[redacted]@db:5432/x"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [redacted]"),
        ("card 4242 4242 4242 4242 declined", "card [redacted] declined"),
        ("token kJ8s0_Qm3vX9bT2nL5yR7wE1zA4cD6fG8hI0jK2lM4o used", "token [redacted] used"),
        ("GET /pay/mail_kJ8s0_Qm3vX9bT2nL5yR7wE1zA4cD6fG8hI0jK2lM4-", "GET /pay/[redacted]"),
        ("order E-1000042 of 2026-03-02 took 12 ms", "order E-1000042 of 2026-03-02 took 12 ms"),
        ("chn_01jm2z7k9w3v5x1y8a6b4c2d0e", "chn_01jm2z7k9w3v5x1y8a6b4c2d0e"),
        (
            {"password": "x", "emailAddress": "y", "count": 3},
            {"password": "[redacted]", "emailAddress": "[redacted]", "count": 3},
        ),
        ({"input": [{"lastName": "Lovelace", "quantity": 1}]}, {"input": [{"lastName": "[redacted]", "quantity": 1}]}),
    ],
)
def test_secrets_and_personal_data_are_taken_out(given, kept):
    assert logs.redacted(given) == kept


def test_they_are_taken_out_of_tracebacks_too(entries):
    structlog.get_logger().error("failed", exc_info=ValueError("no such customer: ada@shop.example"))

    [entry] = entries()
    assert "ValueError: no such customer: [redacted]" in entry["exception"]
