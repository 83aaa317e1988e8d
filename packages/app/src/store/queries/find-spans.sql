-- Where a text occurs: names, errors, inputs, outputs and attributes of spans, newest runs first. Reads everything that is
-- stored, so it is asked only when a person searches. `$escaped` is the text as it stands inside a JSON string.
WITH hits AS (
  SELECT coalesce(head, payload_no) AS payload_no, arg_min(content, payload_no) AS content FROM payloads
  WHERE contains(lower(content), $plain) OR contains(lower(content), $escaped)
  GROUP BY ALL
),
named AS (SELECT run_key, text_no, text FROM texts WHERE contains(lower(text), $plain)),
found AS (
  SELECT spans.run_key, spans.no, 'name' AS place, named.text AS content
  FROM spans JOIN named ON named.run_key = spans.run_key AND named.text_no = spans.name
  UNION ALL
  SELECT spans.run_key, spans.no, 'error', named.text
  FROM spans JOIN named ON named.run_key = spans.run_key AND named.text_no = spans.error
  UNION ALL
  SELECT spans.run_key, spans.no, 'inputs', hits.content
  FROM spans JOIN hits ON hits.payload_no = spans.inputs WHERE spans.inputs > 0
  UNION ALL
  SELECT spans.run_key, spans.no, 'outputs', hits.content
  FROM spans JOIN hits ON hits.payload_no = spans.outputs WHERE spans.outputs > 0
  UNION ALL
  -- The whole error stands there, too: its first line is found once.
  SELECT spans.run_key, spans.no, 'attributes', spans.rest
  FROM spans LEFT JOIN named ON named.run_key = spans.run_key AND named.text_no = spans.error
  WHERE contains(lower(spans.rest), $escaped) AND named.text_no IS NULL
)
SELECT
  runs.run_id, runs.name AS run_name, spans.span_id, found.no, spans.kind, (CASE WHEN runs.start_us > 0 THEN spans.start_us ELSE 0 END)::DOUBLE AS start_us,
  coalesce(texts.text, '') AS name, found.place,
  substr(
    found.content,
    greatest(1, coalesce(nullif(strpos(lower(found.content), $plain), 0), strpos(lower(found.content), $escaped)) - 80),
    240 + length($plain)
  ) AS excerpt,
  count(*) OVER ()::DOUBLE AS total
FROM found
JOIN runs ON runs.run_key = found.run_key
JOIN spans ON spans.run_key = found.run_key AND spans.no = found.no
LEFT JOIN texts ON texts.run_key = spans.run_key AND texts.text_no = spans.name
ORDER BY runs.start_us DESC, spans.start_us, found.no, found.place
LIMIT $limit;
