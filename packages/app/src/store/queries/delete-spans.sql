-- First half of replacing spans. The bounds on run_key let zone maps skip all other runs before the join looks.
DELETE FROM spans
WHERE run_key BETWEEN $low AND $high
  AND (run_key, no) IN (SELECT unnest($runKeys), unnest($numbers));
