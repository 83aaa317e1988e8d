-- Asked every second by those who look whether a run is over.
SELECT run_id FROM runs WHERE status = 'running' ORDER BY run_key;
