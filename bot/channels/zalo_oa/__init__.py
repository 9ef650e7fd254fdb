"""A Zalo official account: up to five buttons, windows after somebody was heard from, prices."""
