-- One row a span, for people's own queries: texts instead of their numbers, NULL for what is absent.
CREATE TEMP VIEW tacho_spans AS
SELECT
  runs.run_id, spans.span_id, spans.no, nullif(greatest(spans.parent, -1), -1) AS parent_no,
  name.text AS name,
  ['task', 'agent', 'llm', 'tool', 'stage', 'retrieval', 'embedding', 'evaluation', 'decision'][spans.kind + 1] AS kind,
  ['unset', 'ok', 'error', 'cancelled'][spans.status + 1] AS status,
  role.text AS role, lane.text AS lane, model.text AS model, provider.text AS provider, tool.text AS tool,
  error.text AS error,
  CASE WHEN runs.start_us > 0 THEN make_timestamp(spans.start_us) END AS started,
  CASE WHEN spans.duration_us >= 0 THEN spans.duration_us / 1e6 END AS duration_s,
  CASE WHEN spans.first_token_us >= 0 THEN spans.first_token_us / 1e6 END AS first_token_s,
  -- Reported by the span itself; sums of parents are in it. 1 is FLAG_DUPLICATE.
  spans.tokens, spans.input_tokens, spans.cache_read_tokens,
  spans.cache_write_tokens + spans.cache_write_1h_tokens AS cache_write_tokens,
  spans.output_tokens, spans.reasoning_tokens,
  (spans.flags & 1) <> 0 AS duplicate,
  CASE WHEN spans.cost_usd >= 0 THEN spans.cost_usd END AS cost_usd,
  CASE WHEN spans.reported_cost_usd >= 0 THEN spans.reported_cost_usd END AS reported_cost_usd,
  CASE WHEN starts_with(inputs.content, chr(2)) THEN substr(inputs.content, 2) ELSE inputs.content END AS inputs,
  CASE WHEN starts_with(outputs.content, chr(2)) THEN substr(outputs.content, 2) ELSE outputs.content END AS outputs,
  CASE WHEN spans.rest <> '' THEN json_extract(spans.rest, '$.attributes') END AS attributes
FROM {{catalog}}.main.spans AS spans
JOIN {{catalog}}.main.runs AS runs ON runs.run_key = spans.run_key
LEFT JOIN {{catalog}}.main.texts AS name ON name.run_key = spans.run_key AND name.text_no = spans.name
LEFT JOIN {{catalog}}.main.texts AS role ON role.run_key = spans.run_key AND role.text_no = spans.role
LEFT JOIN {{catalog}}.main.texts AS lane ON lane.run_key = spans.run_key AND lane.text_no = spans.lane
LEFT JOIN {{catalog}}.main.texts AS model ON model.run_key = spans.run_key AND model.text_no = spans.model
LEFT JOIN {{catalog}}.main.texts AS provider ON provider.run_key = spans.run_key AND provider.text_no = spans.provider
LEFT JOIN {{catalog}}.main.texts AS tool ON tool.run_key = spans.run_key AND tool.text_no = spans.tool
LEFT JOIN {{catalog}}.main.texts AS error ON error.run_key = spans.run_key AND error.text_no = spans.error
LEFT JOIN {{catalog}}.main.payloads AS inputs ON inputs.payload_no = spans.inputs AND spans.inputs > 0
LEFT JOIN {{catalog}}.main.payloads AS outputs ON outputs.payload_no = spans.outputs AND spans.outputs > 0;
