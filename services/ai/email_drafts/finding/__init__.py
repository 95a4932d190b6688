"""What a text says that can be true or false: dates, amounts, persons, attachments and promises, each with its"
" place."""
