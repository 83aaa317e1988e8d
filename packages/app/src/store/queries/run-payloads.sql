-- Every payload of a run, each content once; long ones in parts, which name their head. In no order.
WITH used AS (
  SELECT inputs AS payload_no FROM spans WHERE run_key = $runKey AND inputs > 0
  UNION
  SELECT outputs FROM spans WHERE run_key = $runKey AND outputs > 0
)
SELECT payload_no, payload_no AS head, content FROM payloads WHERE payload_no IN (SELECT payload_no FROM used)
UNION ALL
SELECT payload_no, head, content FROM payloads WHERE head IN (SELECT payload_no FROM used);
