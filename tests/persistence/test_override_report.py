"""However many orders there are, the report reads those of its time."""

from datetime import timedelta

import pytest

from commerce_api.persistence.readers.override_report import _OUTCOMES, _SUMS
from tests.conftest import NOON

ASKED = {"start": NOON - timedelta(days=30), "end": NOON, "agent_id": None, "reason": None, "channel_ids": None}


@pytest.mark.parametrize("statement", [_SUMS, _OUTCOMES])
async def test_an_index_knows_what_was_changed_in_a_time(connection, statement):
    for way in ("seqscan", "bitmapscan"):
        await connection.execute(f"SET LOCAL enable_{way} = off")
    values = {**ASKED, "everywhere": True, "own": []}

    plan = [line for (line,) in await connection.fetch(f"EXPLAIN {statement.sql}", *statement.arguments(values))]

    conditions = [line for line in plan if "Index Cond" in line]
    assert any('"at" >=' in line or "(at >=" in line for line in conditions), plan
    assert not any("Seq Scan" in line for line in plan), plan
