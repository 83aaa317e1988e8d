-- The calls of a deleted run may be counted again: by whoever brings them next.
DELETE FROM calls WHERE run_key = $runKey;
