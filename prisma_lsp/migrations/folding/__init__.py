"""The steps of folding, one class upon the other; `migrations.fold` puts them to use."""
