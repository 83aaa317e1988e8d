-- A run that is deleted goes with everything only it had.
DELETE FROM spans WHERE run_key = $runKey;
