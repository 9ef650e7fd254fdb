"""Papers, sheets, charts and posters, drawn from plain values: no storage, no channels.

papers.py holds what each of them is drawn from. Every function here gives bytes; who calls decides
where they go. The layout of official papers is that of Decree 30/2020, appendix I.
"""
