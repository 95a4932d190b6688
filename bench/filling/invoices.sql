-- Those that are overdue were announced already, so that no mails go out while we measure.
INSERT INTO invoices (id, invoice_number, client_id, deal_id, company_name, origin, status, currency, discount_percent,
    tax_percent, subtotal_minor, discount_minor, tax_minor, amount_minor, paid_minor, refunded_minor, description,
    notes, dated_on, due_date, due_date_set, edited, issued_on, paid_date, pay_token, bill_to, created_by, mail_status,
    voided_at, overdue_announced_at, created_at, updated_at, version)
SELECT made.id, invoice_number, client.id, deal_id, name, CASE WHEN deal_id IS NULL THEN 'manual' ELSE 'deal_won' END,
    made.status, 'USD', 0, 0, amount_minor, 0, 0, amount_minor,
    CASE made.status WHEN 'paid' THEN amount_minor WHEN 'partially_paid' THEN amount_minor / 2 ELSE 0 END, 0,
    'Development', '', day, day + 14, false, false, CASE WHEN made.status <> 'draft' THEN day END,
    CASE WHEN made.status = 'paid' THEN day + 9 END, md5('pay' || i), CASE WHEN made.status <> 'draft' THEN '{}'::jsonb END,
    current_setting('bench.other'), 'none', CASE WHEN made.status = 'void' THEN now() END, now(),
    now() - i * interval '25 minutes', now(), 1
FROM made_invoices AS made JOIN made_clients AS client USING (n);

INSERT INTO invoice_lines (id, invoice_id, position, description, quantity, unit_price_minor, amount_minor)
SELECT md5('line' || i)::uuid, id, 0, 'Development', 1, amount_minor, amount_minor FROM made_invoices;

INSERT INTO payments (id, invoice_id, status, amount_minor, currency, method, paid_on, refunded_minor, excess_minor,
    receipt_mail, created_at, updated_at, version)
SELECT md5('payment' || i)::uuid, id, 'received', CASE status WHEN 'paid' THEN amount_minor ELSE amount_minor / 2 END,
    'USD', 'bank_transfer', day + 9, 0, 0, 'none', now() - i * interval '20 minutes', now(), 1
FROM made_invoices WHERE status IN ('paid', 'partially_paid');
