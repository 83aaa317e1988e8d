-- The calls of a deleted run count in those that have them too: the ingest has them claim these again.
DELETE FROM calls WHERE run_key = $runKey;
