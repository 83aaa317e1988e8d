-- Every payload of a run, each content once.
SELECT payload_no, content FROM payloads
WHERE payload_no IN (
  SELECT inputs FROM spans WHERE run_key = $runKey AND inputs > 0
  UNION
  SELECT outputs FROM spans WHERE run_key = $runKey AND outputs > 0
);
