-- Numbers are given out by the one writer, so the highest used ones are asked for once, at its first write.
SELECT
  (SELECT coalesce(max(run_key), 0) + 1 FROM runs) AS run_key,
  (SELECT coalesce(max(payload_no), 0) + 1 FROM payloads) AS payload_no;
