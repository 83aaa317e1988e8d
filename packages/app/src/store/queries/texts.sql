-- The texts that the numbers in spans stand for.
SELECT text_no, text FROM texts WHERE run_key = $runKey;
