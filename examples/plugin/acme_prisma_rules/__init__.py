"""Acme's own rules: one file each, named like the rule."""
