-- The head of a run's page.
SELECT summary FROM runs WHERE run_id = $runId;
