-- What the audit log would note of each is no part of this.
ALTER TABLE deals DISABLE TRIGGER audited;
INSERT INTO deals (id, deal_name, client_id, deal_value_minor, currency, stage, stage_since, source, description,
    expected_close_date, actual_close_date, lost_reason, owner_id, tags, ai_score, created_on,
    created_at, updated_at, version)
SELECT made.id, (ARRAY['Website', 'Shop', 'Campaign', 'App', 'Audit'])[1 + d % 5] || ' ' || d, client.id, value_minor,
    'USD', stage, now() - d * interval '1 minute', 'website', 'What they asked for, in a few words.', NULL,
    CASE WHEN closed THEN closed_on END, CASE WHEN stage = 'lost' THEN 'Too expensive' END, owner_id, '{}', d % 100,
    (now() - d * interval '2 minutes')::date, now() - d * interval '2 minutes', now(), 1
FROM many_deals AS made JOIN made_clients AS client USING (n);
ALTER TABLE deals ENABLE TRIGGER audited;
