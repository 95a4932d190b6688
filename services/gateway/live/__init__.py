"""Open pages learn of changes: what is noted of them, who is told, and the streams they are told through."""
