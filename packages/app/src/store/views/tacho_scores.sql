-- One row a score of a run, for people's own queries.
CREATE TEMP VIEW tacho_scores AS
SELECT
  run_id,
  json_extract_string(score, '$.name') AS name,
  json_extract(score, '$.value')::DOUBLE AS value,
  json_extract(score, '$.max')::DOUBLE AS max,
  json_extract_string(score, '$.label') AS label,
  json_extract_string(score, '$.round') AS round,
  json_extract_string(score, '$.dimension') AS dimension,
  json_extract_string(score, '$.source') AS source,
  json_extract_string(score, '$.comment') AS comment
FROM (
  SELECT run_id, unnest(json_extract(summary, '$.scores')::JSON[]) AS score FROM {{catalog}}.main.runs
);
