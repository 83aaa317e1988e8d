-- Spans whose parent was not known when they were written. Most runs have none.
SELECT no, rest FROM spans WHERE run_key = $runKey AND parent = -2;
