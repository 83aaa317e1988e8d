-- Runs in whose inputs, outputs, names, attributes or errors the text occurs. Reads everything that is stored, so it is
-- asked only when a person searches in contents. `$escaped` is the text as it stands inside a JSON string.
WITH hits AS (
  SELECT coalesce(head, payload_no) AS payload_no FROM payloads
  WHERE contains(lower(content), $plain) OR contains(lower(content), $escaped)
)
SELECT run_key FROM spans WHERE inputs > 0 AND inputs IN (SELECT payload_no FROM hits)
UNION
SELECT run_key FROM spans WHERE outputs > 0 AND outputs IN (SELECT payload_no FROM hits)
UNION
SELECT run_key FROM spans WHERE contains(lower(rest), $escaped)
UNION
SELECT run_key FROM texts WHERE contains(lower(text), $plain);
