"""The tables of state.db, as the ordered scripts that lead from each version to the next.

A published script is never changed: what is new is a new script at the end. Times are UTC in ISO 8601, all of one
width, so that they sort as text.
"""

from __future__ import annotations

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor INTEGER, name TEXT NOT NULL,
        action TEXT NOT NULL, detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX audit_of_action ON audit (action, id);
    """,
    """
    CREATE TABLE chats (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL
    ) STRICT;
    CREATE TABLE usage (
        day TEXT, chat INTEGER, questions INTEGER NOT NULL, answered INTEGER NOT NULL, PRIMARY KEY (day, chat)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    CREATE TABLE feedback (
        chat INTEGER, message INTEGER, user INTEGER, vote TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (chat, message, user)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX feedback_of_time ON feedback (at);
    """,
    # AUTOINCREMENT: the number of a discarded draft is never given again, for its buttons may still be in the chat.
    """
    CREATE TABLE drafts (
        id INTEGER PRIMARY KEY AUTOINCREMENT, chat INTEGER NOT NULL, user INTEGER NOT NULL,
        name TEXT NOT NULL, created TEXT NOT NULL
    ) STRICT;
    CREATE TABLE draft_files (
        draft INTEGER REFERENCES drafts (id) ON DELETE CASCADE, number INTEGER, name TEXT NOT NULL, data BLOB NOT NULL,
        PRIMARY KEY (draft, number)
    ) STRICT;
    """,
    """
    CREATE TABLE feeds (url TEXT PRIMARY KEY, etag TEXT, modified TEXT, checked_at TEXT NOT NULL, problem TEXT) STRICT;
    CREATE TABLE feed_items (
        url TEXT, key TEXT, path TEXT, problem TEXT, attempts INTEGER NOT NULL, PRIMARY KEY (url, key)
    ) STRICT, WITHOUT ROWID;
    """,
    # What came from Telegram and is not answered yet, and each send that its answer took: see `bot.delivery`.
    """
    CREATE TABLE inbox (
        update_id INTEGER PRIMARY KEY, payload TEXT, received TEXT NOT NULL, attempts INTEGER NOT NULL, done TEXT
    ) STRICT;
    CREATE INDEX inbox_of_time ON inbox (done);
    CREATE TABLE sends (
        update_id INTEGER REFERENCES inbox (update_id) ON DELETE CASCADE, number INTEGER, result TEXT,
        PRIMARY KEY (update_id, number)
    ) STRICT, WITHOUT ROWID;
    """,
    # AUTOINCREMENT: the buttons under an answer name its number, and outlive it.
    """
    CREATE TABLE exchanges (
        id INTEGER PRIMARY KEY AUTOINCREMENT, update_id INTEGER UNIQUE, chat INTEGER NOT NULL, user INTEGER,
        asked INTEGER, message INTEGER, parent INTEGER, question TEXT NOT NULL, understood TEXT NOT NULL,
        html TEXT NOT NULL, evidence TEXT NOT NULL, generation INTEGER NOT NULL, answered INTEGER NOT NULL,
        forgotten INTEGER NOT NULL DEFAULT 0, at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX exchanges_of_message ON exchanges (chat, message);
    CREATE INDEX exchanges_of_asked ON exchanges (chat, asked);
    CREATE INDEX exchanges_of_user ON exchanges (user, at);
    CREATE INDEX exchanges_of_time ON exchanges (at);
    CREATE TABLE links (token TEXT PRIMARY KEY, question TEXT NOT NULL UNIQUE, at TEXT NOT NULL) STRICT;
    ALTER TABLE feedback ADD COLUMN press TEXT;
    """,
    # Tokens of the language model; the user 0 is nobody's number and stands for whoever Telegram does not name.
    """
    CREATE TABLE spending (
        day TEXT, user INTEGER, prompt INTEGER NOT NULL, completion INTEGER NOT NULL, PRIMARY KEY (day, user)
    ) STRICT, WITHOUT ROWID;
    """,
)
