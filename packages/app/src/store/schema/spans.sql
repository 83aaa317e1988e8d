-- One row a span. Numbers come first; what no list or drawing needs is JSON in `rest`. Nothing is NULL: writing and
-- reading a NULL from JavaScript costs five times what a number does, and most of these columns are empty in most rows.
CREATE TABLE spans (
  run_key INTEGER NOT NULL,
  no INTEGER NOT NULL,
  -- Number of the parent; -1 without parent; -2 when the parent was not known yet as this row was written: `rest` has its id.
  parent INTEGER NOT NULL,
  kind UTINYINT NOT NULL,
  status UTINYINT NOT NULL,
  flags UTINYINT NOT NULL,
  start_us BIGINT NOT NULL,
  -- -1 while it is open.
  duration_us BIGINT NOT NULL,
  -- After start_us; -1 is none.
  first_token_us BIGINT NOT NULL,
  -- Numbers in `texts`; 0 is none.
  name INTEGER NOT NULL,
  role INTEGER NOT NULL,
  component INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  model INTEGER NOT NULL,
  provider INTEGER NOT NULL,
  tool INTEGER NOT NULL,
  error INTEGER NOT NULL,
  price_row INTEGER NOT NULL,
  -- -1 without usage; then all buckets are 0.
  requests BIGINT NOT NULL,
  input_tokens BIGINT NOT NULL,
  cache_read_tokens BIGINT NOT NULL,
  cache_write_tokens BIGINT NOT NULL,
  cache_write_1h_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  reasoning_tokens BIGINT NOT NULL,
  other_tokens BIGINT NOT NULL,
  -- Sum of the buckets; 0 without usage.
  tokens BIGINT NOT NULL,
  -- -1 is unknown, in all three: sums leave it out.
  cost_usd DOUBLE NOT NULL,
  reported_cost_usd DOUBLE NOT NULL,
  tool_uses BIGINT NOT NULL,
  -- Numbers in `payloads`; 0 is none.
  inputs INTEGER NOT NULL,
  outputs INTEGER NOT NULL,
  span_id VARCHAR NOT NULL USING COMPRESSION zstd,
  rest VARCHAR NOT NULL USING COMPRESSION zstd
);
