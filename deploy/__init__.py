"""How it is run: the `jianwei` command (`cli`), the practice range (`range`), set-up scripts, decisions."""
