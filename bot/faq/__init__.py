"""Residents' questions on child labour law and the hotline 111: answered right, or not at all.

Pure: a question, the entries there are, and a day. What is said stands in content/*.
"""
