-- Which of these runs are here: of a folder that is imported, as a rule none.
SELECT run_id FROM runs WHERE run_id IN (SELECT unnest($runIds));
