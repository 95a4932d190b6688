"""How the product looks: one set of tokens that pages, mails, PDFs and charts are drawn from."""
