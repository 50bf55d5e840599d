-- A change that is none, with which a log of pages is begun anew. A row that is written as it was
-- would change no page.

-- name: store_touch
INSERT INTO leases (name, owner, beat) VALUES ('scrub', '', 0);

-- name: store_untouch
DELETE FROM leases WHERE name = 'scrub';
