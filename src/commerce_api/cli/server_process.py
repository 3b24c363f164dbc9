"""One of several server processes: `python -m commerce_api.cli.server_process PARENT`, an open descriptor."""

import socket
import sys

from commerce_api.cli.environment import settings_for
from commerce_api.cli.processes import answer, run

if __name__ == "__main__":
    run(answer(settings_for(), parent=socket.socket(fileno=int(sys.argv[1]))))
