-- One page of the run list. The page is chosen from narrow columns first and only its summaries are read: with the
-- summary in the sort, a page of 100 000 runs would read all of them. A page begins after the last row of the
-- one before it (sort key, then run_key), so runs that arrive meanwhile shift nothing.
WITH page AS (
  SELECT run_key, {{sort}} AS sort_key FROM runs
  WHERE {{filter}} AND {{after}}
  ORDER BY sort_key {{direction}} NULLS LAST, run_key {{direction}}
  LIMIT $limit
)
SELECT page.run_key, page.sort_key::VARCHAR AS sort_key, runs.summary
FROM page JOIN runs ON runs.run_key = page.run_key
ORDER BY page.sort_key {{direction}} NULLS LAST, page.run_key {{direction}};
