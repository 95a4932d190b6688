"""Who may say what on the bus: forged messages against the real broker and a real service."""
