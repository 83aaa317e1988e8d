-- Outside the store a run is its id.
SELECT run_key, run_id FROM runs WHERE run_key IN (SELECT unnest($runKeys));
