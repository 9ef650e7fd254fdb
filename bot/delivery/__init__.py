"""From the inbox to the outbox and out: receiving, working, sending, ticking."""
