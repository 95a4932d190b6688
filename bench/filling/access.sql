INSERT INTO row_access (record_id, owner_id, label, is_open, closed, version)
SELECT id, owner_id, name, status = 'prospect' AND owner_id IS NULL, false, 1 FROM made_clients;
