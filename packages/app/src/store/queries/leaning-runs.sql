-- Runs with calls that this run counts: without it they count themselves. Few spans are duplicates (flag 1).
SELECT run_id FROM runs
WHERE run_id <> $runId AND run_key IN (
  SELECT run_key FROM spans
  WHERE (flags & 1) <> 0 AND rest <> '' AND json_extract_string(rest, '$.duplicateOfRun') = $runId
)
ORDER BY start_us, run_key;
