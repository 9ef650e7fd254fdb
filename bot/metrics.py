"""What the operator can watch at /metrics. Labels are channels and outcomes, never people."""

from prometheus_client import Counter, Gauge, Histogram

RECEIVED = Counter("vongtay_received_total", "Events kept in the inbox", ["channel"])
REPEATED = Counter("vongtay_repeated_total", "Events that had been received before", ["channel"])
HANDLED = Counter("vongtay_handled_total", "Events that had their effect", ["channel"])
FAILED = Counter("vongtay_failed_attempts_total", "Attempts to handle an event that failed")
DATABASE_TROUBLE = Counter(
    "vongtay_database_trouble_total", "Attempts that failed because the database is full or away"
)
PARKED = Counter("vongtay_parked_total", "Events set apart for the operator", ["channel"])
SENT = Counter("vongtay_messages_total", "Outbox messages by outcome", ["channel", "outcome"])
SEND_ERRORS = Counter("vongtay_send_errors_total", "Sends to be tried again", ["channel"])
REFUSED_INPUT = Counter("vongtay_refused_input_total", "Bad input that was answered", ["what"])
DELAY = Histogram(
    "vongtay_delivery_seconds",
    "From the outbox row to the platform's acceptance",
    ["kind"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3600),
)
QUESTIONS = Counter("vongtay_questions_total", "Questions by what they got", ["kind"])
ASKED = Gauge("vongtay_questions_waiting", "Passed-on questions that nobody has answered")
ASKED_AGE = Gauge("vongtay_questions_oldest_seconds", "Age of the oldest unanswered question")
ANSWERED_AFTER = Histogram(
    "vongtay_question_wait_seconds",
    "From passing a question on to the officer's answer",
    buckets=(900, 3600, 4 * 3600, 24 * 3600, 3 * 86400, 7 * 86400, 30 * 86400),
)
ANSWERS = Counter("vongtay_answers_judged_total", "Answers by what the asker said", ["verdict"])
INBOX = Gauge("vongtay_inbox_waiting", "Events that wait to be handled")
INBOX_AGE = Gauge("vongtay_inbox_oldest_seconds", "Age of the oldest waiting event")
OUTBOX = Gauge("vongtay_outbox_waiting", "Messages that wait to be sent", ["channel", "kind"])
PARKED_NOW = Gauge("vongtay_parked_now", "Events that are parked now")
NOBODY = Counter("vongtay_nobody_on_duty_total", "Urgent cases that nobody could be told of")
OUTBOX_AGE = Gauge(
    "vongtay_outbox_oldest_seconds", "How long the message waits that is due longest", ["kind"]
)
HELD_OVER = Gauge("vongtay_outbox_held_over", "Messages that wait because a day had brought enough")
# How each channel stands. What a channel does not have (a quota, a window, tokens) has no gauge.
CHANNEL = {
    "last_in": Gauge(
        "vongtay_channel_last_in_timestamp_seconds", "When something last came in", ["channel"]
    ),
    "last_out": Gauge(
        "vongtay_channel_last_out_timestamp_seconds", "When something last went out", ["channel"]
    ),
    "quota": Gauge("vongtay_channel_quota", "Messages that this month holds", ["channel"]),
    "quota_left": Gauge(
        "vongtay_channel_quota_left", "Messages that are left of this month's", ["channel"]
    ),
    "token_age": Gauge(
        "vongtay_channel_token_age_seconds", "Since when the present token is used", ["channel"]
    ),
    "token_left": Gauge(
        "vongtay_channel_token_left_seconds",
        "How long the present token holds; below 0 it has expired",
        ["channel"],
    ),
    "tokens_lost": Gauge(
        "vongtay_channel_tokens_lost", "1 where tokens could not be renewed", ["channel"]
    ),
    "people": Gauge("vongtay_channel_people", "Addresses that write on it", ["channel"]),
}
WINDOWS = Gauge(
    "vongtay_channel_windows",
    "People we may have to write to, by how their window stands: free, paid, shut",
    ["channel", "state"],
)
DUE_FAILED = Counter("vongtay_due_failed_total", "Due work that could not be done", ["what"])
SHUTTING = Gauge("vongtay_channel_windows_shutting", "Windows that shut within a day", ["channel"])
HELD_BACK = Gauge("vongtay_outbox_parked", "Messages held back by the storm guard")
