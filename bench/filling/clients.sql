INSERT INTO clients (id, company_name, match_name, email, phone, website, industry, status, source, address, city, state,
    country, notes, tags, owner_id, lifetime_value_minor, currency, last_activity_at, access_version, created_at,
    updated_at, version)
SELECT id, name, match_name, 'office@company' || n || '.example', '+1212' || lpad(n::text, 7, '0'),
    'https://company' || n || '.example', (ARRAY['Food', 'Retail', 'Energy', 'Health', 'Media'])[1 + n % 5], status,
    (ARRAY['website', 'brief_wizard', 'manual', 'referral', 'import'])[1 + n % 5], n || ' Main Street',
    (ARRAY['Austin', 'Boston', 'Chicago', 'Denver'])[1 + n % 4], (ARRAY['TX', 'MA', 'IL', 'CO'])[1 + n % 4], 'US',
    CASE WHEN n % 3 = 0 THEN 'Met at a fair; wants to hear from us again in spring.' END,
    CASE WHEN n % 40 = 7 THEN ARRAY['newsletter', 'vip'] WHEN n % 4 = 0 THEN ARRAY['newsletter'] ELSE '{}' END,
    owner_id, n * 7919::bigint % 40000000, 'USD', created_at + interval '1 day', 1, created_at,
    created_at + interval '1 day', 1
FROM made_clients;

INSERT INTO contacts (id, client_id, first_name, last_name, email, phone, job_title, is_primary, created_at, updated_at,
    version)
SELECT md5('contact' || k || '-' || n)::uuid, id,
    (ARRAY['Ada', 'Ben', 'Cleo', 'Dan', 'Eve', 'Finn', 'Gia', 'Hugo'])[1 + (n + k) % 8],
    (ARRAY['Ames', 'Brandt', 'Cruz', 'Dorn', 'Engel', 'Fox', 'Gray'])[1 + n % 7] || n,
    'p' || k || '@company' || n || '.example', '+1646' || lpad(n::text, 7, '0'), 'Buyer', k = 0, created_at, created_at, 1
FROM made_clients, generate_series(0, 1) AS k WHERE k = 0 OR n % 2 = 1;

-- Two for each client, forty for a few.
INSERT INTO activities (id, client_id, type, subject, description, details, actor_id, actor_name, occurred_at, due_at,
    assignee_id, done_at, created_at, updated_at, version)
SELECT md5('activity' || k || '-' || n)::uuid, id, type, 'Talked about the offer', 'They think about it.', '{}',
    current_setting('bench.other'), 'Somebody', created_at + k * interval '7 hours',
    CASE WHEN type = 'task' THEN now() + n * interval '9 minutes' - interval '20 days' END,
    CASE WHEN type = 'task' THEN owner_id END, CASE WHEN type = 'task' AND n % 5 > 0 THEN now() END,
    created_at, created_at, 1
FROM made_clients, generate_series(0, 39) AS k,
    LATERAL (SELECT (ARRAY['note', 'call', 'email', 'task'])[1 + (n + k) % 4] AS type) AS kind
WHERE k < 2 OR n % 400 = 7;

INSERT INTO tags VALUES ('vip', now()), ('newsletter', now()) ON CONFLICT DO NOTHING;

INSERT INTO client_deals (deal_id, client_id, deal_name, stage, value_minor, currency, closed_on, base_minor, version)
SELECT id, md5('client' || n)::uuid, 'Deal ' || d, stage, value_minor, currency, CASE WHEN closed THEN closed_on END,
    CASE WHEN closed THEN value_minor END, 1
FROM made_deals;
