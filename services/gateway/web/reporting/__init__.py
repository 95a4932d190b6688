"""What the pages of reports are made of: which there are, for which days, their tables in the reader's words, and the
lists that their figures count."""
