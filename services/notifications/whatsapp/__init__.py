"""WhatsApp: conversations with people at clients, over the Cloud API of one sending number."""
