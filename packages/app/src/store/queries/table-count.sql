-- 0: a new store. More, and no readable version: not one of ours.
SELECT count(*)::INTEGER AS tables FROM duckdb_tables() WHERE NOT internal;
