"""What the measurements beside `make bench` have in common: what they are told, and where their tables go."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import report
from bench.store import ROOT

PRODUCTS = 10_000


def arguments(command: str, described: str | None) -> argparse.ArgumentParser:
    """For `make COMMAND ARGS=...`; more may be added."""
    parser = argparse.ArgumentParser(prog=f"make {command} ARGS=…", description=described)
    parser.add_argument("--products", type=int, default=PRODUCTS, help=f"in the catalog (default: {PRODUCTS})")
    parser.add_argument("--quick", action="store_true", help="as short as can be, and the page is left as it is")
    return parser


def folder_of(products: int) -> Path:
    return ROOT / ".data" / "bench" / str(products)


def published(parts: Sequence[str], given: Any, of: str, command: str) -> None:
    """Printed, and put into the page unless it was a first look."""
    text = "\n\n".join(parts)
    print(f"\n{text}")
    if not given.quick:
        report.write(text, *report.marks(of, f"make {command}"))
