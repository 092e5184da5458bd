"""What users and admins did: kept in DATA_DIR/state.db, which outlives every generation of the index."""
