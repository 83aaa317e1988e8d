-- Told beside the list, which is cut.
SELECT count(*)::DOUBLE AS total FROM quarantine;
