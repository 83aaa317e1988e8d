-- The parent of one span by name.
SELECT span_id FROM spans WHERE run_key = $runKey AND no = $no;
