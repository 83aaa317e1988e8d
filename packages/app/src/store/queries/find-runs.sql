-- What a person typed is the beginning of an id; an exact match comes first, whatever its age.
SELECT run_id FROM runs WHERE starts_with(run_id, $prefix)
ORDER BY run_id = $prefix DESC, start_us DESC, run_key DESC LIMIT $limit;
