"""What the README tells newcomers to type works when they do."""

import json
import re
import subprocess
from pathlib import Path

from tests.cli.test_running import start  # noqa: F401 - a fixture

README = Path(__file__).parents[2] / "README.md"


def test_the_first_order_of_the_readme_is_placed(start, tmp_path):  # noqa: F811
    address = start("demo", COMMERCE_PORT="0").address()
    script = re.search(r"<!-- A test runs this block.*?```sh\n(.*?)```", README.read_text(), re.DOTALL)[1]

    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"TOKEN=\n{script}"],
        env={"SHOP": address, "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert run.stderr == ""
    placed = json.loads(run.stdout[run.stdout.rindex('{"data":') :])["data"]["placeOrder"]
    assert placed["errors"] == []
    assert (placed["order"]["state"], placed["order"]["paymentStatus"]) == ("CONFIRMED", "AUTHORIZED")
