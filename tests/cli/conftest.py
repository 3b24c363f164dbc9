import logging

import pytest
import structlog


@pytest.fixture(autouse=True)
def logs_as_before():
    """Commands that run in the test's own process send the logs their way; that ends with the test."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()
