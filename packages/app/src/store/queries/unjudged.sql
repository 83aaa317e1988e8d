-- The summaries of runs that an older Tacho stored, without what reports look at.
SELECT summary FROM runs
WHERE {{filter}} AND judged IS NULL;
