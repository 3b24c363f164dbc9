import pytest

from tests import log_output


@pytest.fixture(autouse=True)
def logs_as_before():
    """Commands that run in the test's own process send the logs their way; that ends with the test."""
    with log_output.as_before():
        yield
