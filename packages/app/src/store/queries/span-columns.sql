-- The structure of a run. Not ordered: a row says its own number, and sorting a million rows costs more than reading them.
SELECT
  no, parent, kind, status, flags,
  start_us::DOUBLE,
  CASE WHEN duration_us < 0 THEN 'nan'::DOUBLE ELSE (start_us + duration_us)::DOUBLE END,
  CASE WHEN first_token_us < 0 THEN 'nan'::DOUBLE ELSE (start_us + first_token_us)::DOUBLE END,
  tokens::DOUBLE,
  -- 16 is FLAG_MODEL_TOTAL: of a sum that the source states, the stated cost counts.
  CASE WHEN (flags & 16) <> 0 AND reported_cost_usd >= 0 THEN reported_cost_usd
       WHEN cost_usd < 0 THEN 'nan'::DOUBLE ELSE cost_usd END,
  greatest(tool_uses, 0)::DOUBLE,
  name, role, lane, model, tool, error
FROM spans WHERE run_key = $runKey;
