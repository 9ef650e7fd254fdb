"""What the operator can watch at /metrics. Labels are channels and outcomes, never people."""

from prometheus_client import Counter, Gauge, Histogram

RECEIVED = Counter("vongtay_received_total", "Events kept in the inbox", ["channel"])
REPEATED = Counter("vongtay_repeated_total", "Events that had been received before", ["channel"])
HANDLED = Counter("vongtay_handled_total", "Events that had their effect", ["channel"])
FAILED = Counter("vongtay_failed_attempts_total", "Attempts to handle an event that failed")
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
