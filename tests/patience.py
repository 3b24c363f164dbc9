"""No run of the tests waits for ever, or hides what failed in it.

A test that takes too long fails with the stacks of all threads (pytest-timeout). What comes after the last test is watched
here. Failures are named when they happen, so that they are known even if the run is killed before its summary. What
hypothesis finds is shown as it was found where nobody waits for the smallest example, which may take longer than all tests.
"""

import faulthandler
import os

from hypothesis import Phase, settings

SECONDS_TO_END = 120
"""From the end of the tests to the end of the process."""

_FINDING = (Phase.explicit, Phase.reuse, Phase.generate)
settings.register_profile("local", deadline=None)
settings.register_profile("unattended", deadline=None, phases=_FINDING, report_multiple_bugs=False)
settings.load_profile("unattended" if "CI" in os.environ else "local")


def pytest_configure(config):
    captured = config.pluginmanager.getplugin("capturemanager")
    with captured.global_and_fixture_disabled():
        config.stderr_of_people = os.dup(2)


def pytest_sessionfinish(session):
    """Whatever holds the process up from here on is shown, and then the process ends."""
    faulthandler.dump_traceback_later(SECONDS_TO_END, exit=True, file=session.config.stderr_of_people)


def pytest_runtest_logreport(report):
    """With xdist the processes that run tests tell the one that was started, which tells people."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        os.write(2, f"\n{report.when} failed: {report.nodeid}\n".encode())


def pytest_terminal_summary(terminalreporter, config):
    seed = config.getoption("randomly_seed", None)
    terminalreporter.write_line(f"The order and all random values again: --randomly-seed={seed}")
