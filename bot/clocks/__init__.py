"""Viet Nam's working calendar, the limits the law sets in it, and the reminders of its year.

Data in content/*.toml. Who asks: calendar.Calendar.of, limits.limits, year.events; overview and
limits put the answers into JSON and into words.
"""
