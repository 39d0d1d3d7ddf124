"""Rules; each file is one."""
