-- Runs that a file brought and that were deleted since: importing the file again means to have them back.
SELECT DISTINCT run_id FROM (SELECT unnest(run_ids) AS run_id FROM source_positions)
WHERE run_id NOT IN (SELECT run_id FROM runs);
