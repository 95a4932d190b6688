"""Gemini's generateContent: answers that fit the asked schema, and every way in which real answers do not."""
