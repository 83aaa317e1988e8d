-- First half of moving positions on; the second is an append.
DELETE FROM source_positions WHERE uri IN (SELECT unnest($uris));
