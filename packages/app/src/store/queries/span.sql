-- One span, for the details of what was clicked.
SELECT
  no, parent, kind, status, flags,
  start_us::DOUBLE AS start_us, duration_us::DOUBLE AS duration_us, first_token_us::DOUBLE AS first_token_us,
  name, role, component, lane, model, provider, tool, price_row,
  requests::DOUBLE AS requests, input_tokens::DOUBLE, cache_read_tokens::DOUBLE, cache_write_tokens::DOUBLE,
  cache_write_1h_tokens::DOUBLE, output_tokens::DOUBLE, reasoning_tokens::DOUBLE, other_tokens::DOUBLE,
  cost_usd, reported_cost_usd, tool_uses::DOUBLE,
  inputs, outputs, span_id, rest
FROM spans WHERE run_key = $runKey AND no = $no;
