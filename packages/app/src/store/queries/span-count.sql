-- Numbers begin at 0 and have no gaps, but a run that is being imported may have some for a moment.
SELECT coalesce(max(no), -1) + 1 AS span_count FROM spans WHERE run_key = $runKey;
