"""`make import-bench`: how long a product file of 200,000 lines takes, and how much memory."""

import asyncio
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from commerce_api.adapters.postgres_server import PostgresServer
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.operations.cart_opening import CartOpening
from commerce_api.operations.demo.load import load_demo
from commerce_api.operations.export_products import export_products
from commerce_api.operations.import_products import import_products
from commerce_api.operations.shipped import put_shipped
from commerce_api.persistence.migrate import migrate
from commerce_api.persistence.sql import connect

LINES = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,"
    "Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
    "Variant Compare At Price,Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,"
    "Image Alt Text,SEO Title,SEO Description,Google Shopping / Condition,Variant Weight Unit,Status\n"
)


def generate(path):
    """Products of four lines: three variants, and a picture more."""
    with path.open("w") as file:
        file.write(HEADER)
        for n in range(LINES // 4):
            handle, image = f"product-{n:06}", f"https://pictures.example/{n}"
            text = f"<p>The {n}th of many things, with a text of usual length.</p><ul><li>One</li><li>Two</li></ul>"
            first = f'Thing {n},"{text}",Maker {n % 50},Type {n % 20},"tag{n % 30}, tag{n % 7}",true,Size'
            for v, size in enumerate(("S", "M", "L")):
                product = first if v == 0 else ",,,,,,"
                color = "Color" if v == 0 else ""
                file.write(
                    f"{handle},{product},{size},{color},Red,SKU-{n}-{v},{100 + v},shopify,{n % 90},deny,{5 + n % 300}.99,,"
                    f"true,true,,{image}-{v}.jpg,{v + 1},Thing {n} {size},,,new,kg,{'active' if v == 0 else ''}\n"
                )
            file.write(f"{handle}{',' * 20},{image}-3.jpg,4,{',' * 5}\n")


async def timed(what, work):
    began = time.perf_counter()
    result = await work
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{what:<28}{time.perf_counter() - began:8.1f} s   peak of this process so far {peak:6.0f} MB   {result}",
        flush=True,
    )


def short(report):
    return {name: getattr(report, name) for name in ("created", "changed", "unchanged", "refused", "problem_count")}


async def main(folder):
    with PostgresServer(folder / "postgres") as server:
        await migrate(server.dsn)
        database = await connect(server.dsn, size=2)
        await measure(folder, database)
        await database.close()


async def measure(folder, database):
    at = datetime.now(UTC)  # noqa: TID251
    by = Attribution(actor=SYSTEM, at=at, request_id="bench")

    async def no_hash(_):
        return "-"

    async def run(**options):
        with path.open("rb") as file:
            return short(await import_products(database, by, file, **options))

    await put_shipped(database)
    await load_demo(database, CartOpening(secret="-" * 32), at=at, hash_password=no_hash)
    path = folder / "products.csv"
    generate(path)
    print(f"{LINES} lines, {path.stat().st_size / 1e6:.0f} MB", flush=True)
    await timed("import, all new", run())
    await timed("import again, all the same", run())
    with (folder / "export.csv").open("wb") as target:
        await timed("export", export_products(database, by, target))
    path = folder / "export.csv"
    await timed("import of the export", run())


with tempfile.TemporaryDirectory(prefix="import-bench-") as name:
    asyncio.run(main(Path(name)))
