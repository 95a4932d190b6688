-- A service's part in erasing a person. The person's name and addresses lie here sealed, and only until the last copy
-- that was on its way has been looked for.
CREATE TABLE erasure_parts (
    erasure_id uuid PRIMARY KEY,
    contact_id uuid NOT NULL,
    sealed     text,
    swept_at   timestamptz NOT NULL,
    again_at   timestamptz NOT NULL,
    settled_at timestamptz,
    version    integer NOT NULL
);
CREATE INDEX erasure_parts_open ON erasure_parts (again_at) WHERE settled_at IS NULL;
