-- One row a run, for people's own queries: what the run list shows.
CREATE TEMP VIEW tacho_runs AS
SELECT
  run_id, name, task_type, session_id, project, status, agent,
  make_timestamp(nullif(start_us, 0)) AS started,
  duration_us / 1e6 AS duration_s,
  tokens, cost_usd, score, leverage, rounds, errors, models,
  map_from_entries(list_transform(labels, label -> {
    'key': split_part(label, '=', 1),
    'value': substr(label, length(split_part(label, '=', 1)) + 2)
  })) AS labels,
  json_extract_string(summary, '$.task') AS task,
  json_extract(summary, '$.spans')::BIGINT AS spans,
  json_extract(summary, '$.toolCalls')::BIGINT AS tool_calls,
  json_extract(summary, '$.llmCalls')::BIGINT AS llm_calls,
  coalesce(json_extract(summary, '$.unpricedCalls')::BIGINT, 0) AS unpriced_calls
FROM {{catalog}}.main.runs;
