-- How long finished calls of each kind, tool and model took in the newest runs: what a silence is compared with.
-- 3 is a tool, which without a name of its own has the span's; 2, 5 and 6 are model calls, retrievals and embeddings.
WITH recent AS (SELECT run_key FROM runs ORDER BY start_us DESC LIMIT $runs),
calls AS (
  SELECT
    spans.kind,
    CASE WHEN spans.kind = 3 THEN coalesce(tools.text, '') ELSE '' END AS tool,
    coalesce(models.text, '') AS model,
    spans.duration_us
  FROM spans
  JOIN recent ON recent.run_key = spans.run_key
  LEFT JOIN texts AS tools ON tools.run_key = spans.run_key
    AND tools.text_no = CASE WHEN spans.tool > 0 THEN spans.tool ELSE spans.name END
  LEFT JOIN texts AS models ON models.run_key = spans.run_key AND models.text_no = spans.model
  WHERE spans.kind IN (2, 3, 5, 6) AND spans.status = 1 AND spans.duration_us > 0
)
SELECT
  kind, tool, model, count(*)::DOUBLE AS calls,
  quantile_cont(duration_us, 0.5)::DOUBLE AS median_us,
  quantile_cont(duration_us, 0.95)::DOUBLE AS p95_us
FROM calls
GROUP BY kind, tool, model
HAVING count(*) >= 3
ORDER BY calls DESC, kind, tool, model
LIMIT $most;
