import asyncio
import csv

import pytest
from click.testing import CliRunner

from commerce_api.cli import main
from tests import given

HEADER = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price"
TEA = "tea,Green tea,Title,Default Title,TEA-1,4.90"


@pytest.fixture
async def run(committing, dsn, tmp_path):
    """The command on a store with one channel."""
    async with committing.connection() as connection:
        await given.channel(connection.raw)
    environment = {"DATABASE_URL": dsn, "COMMERCE_SECRET": "s" * 32}

    async def invoke(*arguments):
        return await asyncio.to_thread(CliRunner().invoke, main, list(map(str, arguments)), env=environment)

    return invoke


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "products.csv"

    def write(*lines):
        path.write_text("\n".join([HEADER, *lines]) + "\n")
        return path

    return write


async def test_a_file_comes_in_and_goes_out_and_in_again_without_a_change(run, file, tmp_path):
    first = await run("import-products", file(TEA))
    exported = await run("export-products", "-o", tmp_path / "out.csv")
    again = await run("import-products", tmp_path / "out.csv")

    assert (first.exit_code, first.stdout) == (0, "products.csv: 1 created, 0 changed, 0 unchanged, 0 refused\n")
    assert (exported.exit_code, "1 products written" in exported.output) == (0, True)
    with (tmp_path / "out.csv").open(encoding="utf-8") as out:
        assert [row["Variant SKU"] for row in csv.DictReader(out)] == ["TEA-1"]
    assert (again.exit_code, again.stdout) == (0, "out.csv: 0 created, 0 changed, 1 unchanged, 0 refused\n")


async def test_a_wrong_line_is_told_where_it_stands_and_the_others_are_kept(run, file):
    answer = await run("import-products", file(TEA, "pot,Pot,Title,Default Title,POT-1,cheap"))

    assert answer.exit_code == 1
    assert "products.csv:3, Variant Price: " in answer.stderr
    assert answer.stdout == "products.csv: 1 created, 0 changed, 0 unchanged, 1 refused\n"


async def test_with_all_or_nothing_a_wrong_line_keeps_everything_out(run, file):
    answer = await run("import-products", "--all-or-nothing", file(TEA, "pot,Pot,Title,Default Title,POT-1,cheap"))

    assert answer.exit_code == 1
    assert answer.stdout.endswith("; nothing was kept\n")
    assert (await run("export-products")).stdout.count("\n") == 1


async def test_a_channel_that_is_not_there_is_told(run, file):
    answer = await run("import-products", "--channel", "moon", file(TEA))

    assert (answer.exit_code, answer.stderr) == (1, "There is no channel “moon”.\n")
