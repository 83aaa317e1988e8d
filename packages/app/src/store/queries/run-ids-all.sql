-- Fills the filter in memory that tells new runs from known ones, once, at the first write.
SELECT run_id FROM runs;
