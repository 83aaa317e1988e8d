-- Sessions with the runs that a filter leaves, the one that was last at work first. Costs that are unknown are counted, not added as 0.
SELECT
  session_id,
  count(*)::DOUBLE AS runs,
  count(*) FILTER (status = 'running')::DOUBLE AS running,
  count(*) FILTER (status = 'ok')::DOUBLE AS ok,
  count(*) FILTER (status = 'error')::DOUBLE AS failed,
  count(*) FILTER (status = 'interrupted')::DOUBLE AS interrupted,
  coalesce(min(nullif(start_us, 0)), 0)::DOUBLE AS from_us,
  max(last_us)::DOUBLE AS to_us,
  sum(duration_us)::DOUBLE AS work_us,
  sum(tokens)::DOUBLE AS tokens,
  sum(cost_usd) AS cost_usd,
  sum(coalesce(json_extract(summary, '$.unpricedCalls')::BIGINT, 0))::DOUBLE AS unpriced,
  count(score)::DOUBLE AS scored,
  avg(score) AS mean_score,
  sum(errors)::DOUBLE AS errors,
  count(*) OVER ()::DOUBLE AS total
FROM runs
WHERE session_id IS NOT NULL AND {{filter}}
GROUP BY session_id
ORDER BY max(last_us) DESC, session_id
LIMIT $limit;
