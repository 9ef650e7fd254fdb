"""The law on child labour as a table of data, and a small pure engine that evaluates it.

The table lives in content/*.toml. Who asks for a level: facts.Facts.of, then triage.triage.
"""
