-- Payloads that no span refers to any more: of the run just deleted, and of spans that were replaced.
DELETE FROM payloads
WHERE NOT EXISTS (SELECT 1 FROM spans WHERE inputs = coalesce(head, payload_no))
  AND NOT EXISTS (SELECT 1 FROM spans WHERE outputs = coalesce(head, payload_no));
