-- The numbers of some spans by their ids.
SELECT span_id, max(no) AS no FROM spans
WHERE run_key = $runKey AND span_id IN (SELECT unnest($spanIds))
GROUP BY span_id;
