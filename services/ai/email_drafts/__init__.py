"""E-mails that AI drafts: what is known, what a draft claims, and where each claim comes from."""
