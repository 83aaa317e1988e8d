-- What sums over many runs need of each: the columns, and what only the summary says, as one JSON array. A summary that
-- DuckDB's JSON cannot read (a name with half of a surrogate pair) comes as a whole instead.
SELECT
  run_id, name, task_type, session_id, status, agent, models[1] AS model,
  start_us::DOUBLE, duration_us::DOUBLE, tokens::DOUBLE, cost_usd, rounds,
  facts, CASE WHEN facts IS NULL THEN summary END AS whole
FROM (
  SELECT *, TRY(to_json(json_extract(summary, [
    '$.task', '$.endUs', '$.labels', '$.error.type', '$.scores', '$.output', '$.usage.requests', '$.unpricedCalls',
    '$.leverage', '$.attributes.task_checksum'
  ])))::VARCHAR AS facts
  FROM runs
  WHERE {{filter}}
);
