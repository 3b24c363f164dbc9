"""Where logs go in tests: to what pytest shows of a failed test, in plain text."""

import logging
from contextlib import contextmanager

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback


def plain():
    """structlog's own way, but for pictures of each traceback with all variables, which take a second each."""
    structlog.reset_defaults()
    *processors, _ = structlog.get_config()["processors"]
    structlog.configure(processors=[*processors, ConsoleRenderer(colors=False, exception_formatter=plain_traceback)])


@contextmanager
def as_before():
    """What is done in the block may send logs its way; that ends with it."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], root.level = before
    plain()
