-- The structure of a run. Not ordered: a row says its own number, and sorting a million rows costs more than reading them.
SELECT
  no, parent, kind, status, flags,
  start_us::DOUBLE, (start_us + duration_us)::DOUBLE, (start_us + first_token_us)::DOUBLE,
  tokens::DOUBLE, cost_usd, tool_uses::DOUBLE,
  name, role, lane, model, tool, error
FROM spans WHERE run_key = $runKey;
