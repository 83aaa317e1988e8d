-- Inside the store a run is an integer: it is in every row, and eight characters more a row are gigabytes.
SELECT run_key FROM runs WHERE run_id = $runId;
