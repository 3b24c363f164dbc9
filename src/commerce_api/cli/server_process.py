"""One of several server processes: `python -m commerce_api.cli.server_process LISTENING PARENT`, both open descriptors."""

import socket
import sys

from commerce_api.cli.environment import settings_for
from commerce_api.cli.processes import answer, run

if __name__ == "__main__":
    listening, parent = (int(argument) for argument in sys.argv[1:])
    run(answer(settings_for(), socket.socket(fileno=listening), parent=parent))
