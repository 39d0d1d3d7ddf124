"""Text to lines to blocks to nodes.  Nothing in here ever fails: problems are data."""
