-- First half of replacing the rows of runs. The bounds let zone maps skip all other rows.
DELETE FROM runs WHERE run_key BETWEEN $low AND $high AND run_key IN (SELECT unnest($runKeys));
