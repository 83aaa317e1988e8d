-- What a run is restored from, with its spans.
SELECT run_key, summary, header FROM runs WHERE run_id = $runId;
