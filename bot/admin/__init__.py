"""What admins do with the articles: reload, undo, add, remove, follow feeds; one file a subject, no Telegram."""
