"""The verifier's adversary: true sentences made false, and true ones said another way, to count what passes."""
