-- How many runs a filter leaves, whatever page of them is shown.
SELECT count(*)::DOUBLE AS total FROM runs
WHERE {{filter}};
