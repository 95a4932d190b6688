-- Texts as they are written: words of a language of 3,000, some of them rare, so that a search finds what it would.
CREATE TEMP VIEW made_words AS
SELECT w, (ARRAY['ba', 'ce', 'di', 'fo', 'gu', 'ha', 'ki', 'lo', 'mu', 'ne'])[1 + w % 10] ||
    (ARRAY['ran', 'sel', 'tin', 'vor', 'wun', 'xal', 'yen', 'zor', 'pim', 'rud', 'san', 'tel', 'vin', 'wor', 'bul'])
        [1 + w / 10 % 15] ||
    (ARRAY['a', 'ed', 'er', 'est', 'ful', 'ing', 'ion', 'ist', 'ity', 'ive', 'less', 'ly', 'ment', 'ness', 'or', 'ous',
           'ship', 'th', 'ward', 'y'])[1 + w / 150 % 20] AS word
FROM generate_series(0, 2999) AS w;
CREATE TEMP TABLE vocabulary AS SELECT array_agg(word ORDER BY w) AS words FROM made_words;
-- 5,000 sentences of ten words.
CREATE TEMP TABLE sentences AS
SELECT s, string_agg(words[1 + (s * 7919 + k * k * 10473 + k * 129971) % 3000], ' ') AS said
FROM vocabulary, generate_series(0, 4999) AS s, generate_series(1, 10) AS k GROUP BY s;
ALTER TABLE sentences ADD PRIMARY KEY (s);
ANALYZE sentences;

ALTER TABLE clients DISABLE TRIGGER USER;
ALTER TABLE contacts DISABLE TRIGGER USER;
ALTER TABLE activities DISABLE TRIGGER USER;
ALTER TABLE client_deals DISABLE TRIGGER USER;
DROP INDEX search_documents_words, search_documents_names;

INSERT INTO clients (id, company_name, match_name, email, phone, website, industry, status, source, address, city, state,
    country, notes, tags, owner_id, lifetime_value_minor, currency, last_activity_at, access_version, created_at,
    updated_at, version)
SELECT id, name, match_name, 'office@company' || n || '.example', '+1212' || lpad(n::text, 7, '0'),
    'https://company' || n || '.example',
    (ARRAY['Technology', 'Food', 'Retail', 'Energy', 'Health', 'Media', 'Finance', 'Travel', 'Motors', 'Timber'])
        [1 + n % 10],
    status, (ARRAY['website', 'brief_wizard', 'manual', 'referral', 'import'])[1 + n % 5], n || ' Main Street',
    (ARRAY['Austin', 'Boston', 'Chicago', 'Denver', 'Ulm', 'Los Angeles', 'Oakland'])[1 + n % 7],
    CASE WHEN n / 10 % 8 = 0 THEN 'California' ELSE (ARRAY['Texas', 'Ohio', 'Utah', 'Maine', 'Iowa'])[1 + n % 5] END,
    'US', CASE WHEN n % 3 = 0 THEN said || CASE WHEN n % 60 = 0 THEN ' e-commerce' ELSE '' END END,
    CASE WHEN n % 40 = 7 THEN ARRAY['newsletter', 'vip'] WHEN n % 4 = 0 THEN ARRAY['newsletter'] ELSE '{}' END,
    owner_id, 0, 'USD', created_at + n % 300 * interval '1 day', 1, created_at, created_at, 1
FROM made_clients JOIN sentences ON s = n % 5000;

INSERT INTO contacts (id, client_id, first_name, last_name, email, phone, job_title, is_primary, created_at, updated_at,
    version)
SELECT md5('contact' || k || '-' || n)::uuid, id,
    (ARRAY['Ada', 'Ben', 'Cleo', 'Dan', 'Eve', 'Finn', 'Gia', 'Hugo'])[1 + (n + k) % 8],
    (ARRAY['Ames', 'Brandt', 'Cruz', 'Dorn', 'Engel', 'Fox', 'Gray'])[1 + n % 7] || n,
    'p' || k || '@company' || n || '.example', '+1646' || lpad(n::text, 7, '0'), 'Buyer', k = 0, created_at, created_at, 1
FROM made_clients, generate_series(0, 1) AS k;

INSERT INTO activities (id, client_id, type, subject, description, details, actor_id, actor_name, occurred_at,
    created_at, updated_at, version)
SELECT md5('activity' || a)::uuid, md5('client' || a % 100000)::uuid,
    (ARRAY['note', 'call', 'email', 'meeting'])[1 + a % 4], 'Talked',
    said || CASE WHEN a % 500 = 3 THEN ' chatbot' ELSE '' END, '{}', current_setting('bench.other'),
    'Somebody', now() - a * interval '1 minute', now(), now(), 1
FROM generate_series(0, 999999) AS a JOIN sentences ON s = (a / 7) % 5000;

INSERT INTO tags VALUES ('vip', now()), ('newsletter', now()) ON CONFLICT DO NOTHING;

INSERT INTO client_deals (deal_id, client_id, deal_name, description, stage, value_minor, currency, closed_on,
    base_minor, version)
SELECT id, md5('client' || n)::uuid, 'Deal ' || d,
    said || CASE WHEN d % 200 = 0 THEN ' e-commerce' WHEN d % 200 = 1 THEN ' chatbot' ELSE '' END,
    stage, value_minor, 'USD', CASE WHEN closed THEN closed_on END, value_minor, 1
FROM many_deals JOIN sentences ON s = d % 5000;
ANALYZE client_deals, clients;
UPDATE clients AS c SET lifetime_value_minor = f.lifetime_value_minor, open_deals = f.open_deals,
    deal_stages = f.deal_stages, least_deal_minor = f.least_deal_minor, greatest_deal_minor = f.greatest_deal_minor
FROM client_deal_figures AS f WHERE f.client_id = c.id;

INSERT INTO search_documents (client_id, kind, source_id, content)
SELECT client_id, kind, source_id, content FROM search_sources ON CONFLICT DO NOTHING;
CREATE INDEX search_documents_words ON search_documents USING gin (words) WITH (gin_pending_list_limit = 1024);
CREATE INDEX search_documents_names ON search_documents USING gin (words) WHERE kind = 'company_name';
INSERT INTO search_words
SELECT DISTINCT word FROM search_documents, unnest(tsvector_to_array(words)) AS word
WHERE length(word) BETWEEN 4 AND 40 AND word !~ '^[0-9]+$' ON CONFLICT DO NOTHING;

ALTER TABLE clients ENABLE TRIGGER USER;
ALTER TABLE contacts ENABLE TRIGGER USER;
ALTER TABLE activities ENABLE TRIGGER USER;
ALTER TABLE client_deals ENABLE TRIGGER USER;
