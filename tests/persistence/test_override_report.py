"""However many orders there are, the report reads those of its time, and of somebody only theirs."""

from datetime import timedelta
from uuid import UUID

import pytest

from commerce_api.persistence.readers.override_report import _OUTCOMES, _SUMS
from tests.conftest import NOON

ASKED = {"start": NOON - timedelta(days=30), "end": NOON, "reason": None, "channel_ids": None}


@pytest.mark.parametrize(
    ("agent_id", "index"), [(None, "ix_order_adjustments_at_id"), (UUID(int=1), "ix_order_adjustments_by_id_at_id")]
)
@pytest.mark.parametrize("statement", [_SUMS, _OUTCOMES])
async def test_an_index_knows_what_was_changed_in_a_time(connection, statement, agent_id, index):
    for way in ("seqscan", "bitmapscan"):
        await connection.execute(f"SET LOCAL enable_{way} = off")
    values = {**ASKED, "agent_id": agent_id, "everywhere": True, "own": []}

    plan = [line for (line,) in await connection.fetch(f"EXPLAIN {statement.sql}", *statement.arguments(values))]

    place = next(number for number, line in enumerate(plan) if f"using {index} " in line)
    assert "Index Cond" in plan[place + 1], plan
    assert " >= " in plan[place + 1], plan
    assert not any("Seq Scan" in line for line in plan), plan
