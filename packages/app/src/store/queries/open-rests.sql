-- When open spans were heard of last, which no column has: of finished ones nobody asks.
SELECT no, rest FROM spans
WHERE run_key = $runKey AND duration_us < 0 AND (contains(rest, '"updatedUs"') OR contains(rest, '"events"'));
