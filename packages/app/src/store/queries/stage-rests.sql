-- What no column has of a run's stages, which are few (4 is the code of the kind): of all spans it would be most of the run.
SELECT no, rest FROM spans WHERE run_key = $runKey AND kind = 4 AND rest <> '';
