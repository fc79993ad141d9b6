"""The `jianwei` command, one file per noun. `main` puts it together."""
