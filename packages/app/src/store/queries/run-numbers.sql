-- From which number on spans and texts of a run are new: only older ones can have a row that must be replaced.
SELECT
  (SELECT coalesce(max(no), -1) + 1 FROM spans WHERE run_key = $runKey) AS span_no,
  (SELECT coalesce(max(text_no), 0) + 1 FROM texts WHERE run_key = $runKey) AS text_no;
