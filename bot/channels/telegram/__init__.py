"""Telegram: translate and draw are pure, channel talks, poll and webhook receive."""
