"""What people type, understood: folding, names, numbers, days, yes and no, and cries for help.

Pure and free of other rooms. The Vietnamese words live in content/*.toml.
"""
