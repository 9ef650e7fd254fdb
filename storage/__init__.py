"""What is kept: records, queries, migrations. Knows nothing of the bot."""
