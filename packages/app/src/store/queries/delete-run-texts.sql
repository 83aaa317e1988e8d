-- See delete-run-spans.
DELETE FROM texts WHERE run_key = $runKey;
