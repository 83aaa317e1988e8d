-- First half of moving a position on.
DELETE FROM source_positions WHERE uri = $uri;
