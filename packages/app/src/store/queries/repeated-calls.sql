-- Calls of a tool with the very same arguments, within one run. Equal arguments are stored once: they have one number.
SELECT min(no) AS first_no, max(no) AS last_no, count(*)::INTEGER AS times
FROM spans
WHERE run_key = $runKey AND kind = 3 AND inputs > 0
GROUP BY CASE WHEN tool > 0 THEN tool ELSE name END, inputs
HAVING count(*) >= $least
ORDER BY times DESC, first_no
LIMIT 100;
