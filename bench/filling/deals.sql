INSERT INTO deals (id, deal_name, client_id, deal_value_minor, currency, stage, stage_since, source, description,
    expected_close_date, actual_close_date, lost_reason, owner_id, tags, ai_score, created_on,
    created_at, updated_at, version)
SELECT made.id, (ARRAY['Website', 'Shop', 'Campaign', 'App', 'Audit'])[1 + d % 5] || ' ' || d, client.id, value_minor,
    currency, stage, now() - d * interval '11 minutes', 'website', 'What they asked for, in a few words.',
    CASE WHEN d % 6 > 0 THEN current_date + d % 200 - 60 END, CASE WHEN closed THEN closed_on END,
    CASE WHEN stage = 'lost' THEN 'Too expensive' END, owner_id, CASE WHEN d % 4 = 0 THEN ARRAY['hot'] ELSE '{}' END,
    d % 100, (now() - d * interval '17 minutes')::date, now() - d * interval '17 minutes',
    now() - d * interval '11 minutes', 1
FROM made_deals AS made JOIN made_clients AS client USING (n);

INSERT INTO stage_history (id, deal_id, to_stage, deal_value_minor, currency, moved_at, moved_on, moved_by, moved_by_name)
SELECT md5('move' || d)::uuid, id, 'lead', value_minor, currency, now() - d * interval '17 minutes',
    (now() - d * interval '17 minutes')::date,
    current_setting('bench.other'), 'Somebody'
FROM made_deals;

INSERT INTO deal_invoices (invoice_id, deal_id, invoice_number, amount_minor, currency, status, version)
SELECT id, deal_id, invoice_number, amount_minor, 'USD', status, 1 FROM made_invoices WHERE deal_id IS NOT NULL;
