"""What an editor asks about a place in a schema: one module per feature, none of which speaks LSP."""
