"""Outreach plans as data: read from files, and measured against what was done.

Pure: reading.read makes a Plan of a text, coverage.progress holds it against figures, bars.table
puts that into a chat. docs/plan-files.md tells how a plan file is written.
"""
