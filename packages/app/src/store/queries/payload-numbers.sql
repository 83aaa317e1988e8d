-- Payloads of spans that are about to be replaced and keep theirs.
SELECT run_key, no, inputs, outputs FROM spans
WHERE run_key BETWEEN $low AND $high
  AND (run_key, no) IN (SELECT unnest($runKeys), unnest($numbers));
