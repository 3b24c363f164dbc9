"""Everything outside but the database: clock, ids, mail, payments, the PostgreSQL server process."""
