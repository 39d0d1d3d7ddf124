"""Rules, the validity checks, and what runs them."""
