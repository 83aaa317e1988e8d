-- One row a span. Numbers come first; what no list or drawing needs is JSON in `rest`.
CREATE TABLE spans (
  run_key INTEGER NOT NULL,
  no INTEGER NOT NULL,
  -- Number of the parent; -1 without parent; -2 when the parent was not known yet as this row was written.
  parent INTEGER NOT NULL,
  kind UTINYINT NOT NULL,
  status UTINYINT NOT NULL,
  flags UTINYINT NOT NULL,
  start_us BIGINT NOT NULL,
  duration_us BIGINT,
  -- After start_us.
  first_token_us BIGINT,
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
  -- Buckets; all NULL without usage.
  input_tokens BIGINT,
  cache_read_tokens BIGINT,
  cache_write_tokens BIGINT,
  cache_write_1h_tokens BIGINT,
  output_tokens BIGINT,
  reasoning_tokens BIGINT,
  other_tokens BIGINT,
  requests BIGINT,
  -- Sum of the buckets; 0 without usage.
  tokens BIGINT NOT NULL,
  cost_usd DOUBLE,
  reported_cost_usd DOUBLE,
  tool_uses BIGINT,
  -- Numbers in `payloads`; 0 is none.
  inputs INTEGER NOT NULL,
  outputs INTEGER NOT NULL,
  span_id VARCHAR NOT NULL USING COMPRESSION zstd,
  -- Only where `parent` does not say it.
  parent_id VARCHAR,
  rest VARCHAR USING COMPRESSION zstd
);
