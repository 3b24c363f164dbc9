"""Each measurement says how it is asked for."""

import re
from pathlib import Path
from runpy import run_module

import pytest

MAKEFILE = Path(__file__).parents[2] / "Makefile"
COMMANDS = re.findall(r"^([\w-]+):.*\n\t.*python -m (bench[\w.]*) \$\(ARGS\)", MAKEFILE.read_text(), re.MULTILINE)


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize(("target", "module"), COMMANDS)
def test_it_says_what_it_takes(monkeypatch, capsys, target, module):
    monkeypatch.setattr("sys.argv", [module, "--help"])

    with pytest.raises(SystemExit) as end:
        run_module(module, run_name="__main__")

    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: make {target} ")
