-- Where a text occurs in what is said of runs themselves: their names, tasks, labels and ids, newest runs first.
WITH found AS (
  SELECT run_id, name, start_us, search, coalesce(json_extract_string(summary, '$.task'), '') AS task
  FROM runs WHERE contains(search, $plain)
),
placed AS (
  SELECT
    run_id, name, start_us,
    CASE WHEN contains(lower(name), $plain) THEN 'name' WHEN contains(lower(task), $plain) THEN 'task' ELSE 'labels' END AS place,
    CASE WHEN contains(lower(name), $plain) THEN name WHEN contains(lower(task), $plain) THEN task ELSE search END AS content
  FROM found
)
SELECT
  run_id, name AS run_name, start_us::DOUBLE AS start_us, place,
  substr(content, greatest(1, strpos(lower(content), $plain) - 80), 240 + length($plain)) AS excerpt,
  count(*) OVER ()::DOUBLE AS total
FROM placed
ORDER BY start_us DESC, run_id
LIMIT $limit;
