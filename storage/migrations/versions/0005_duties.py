"""The working calendar as entered, running limits, duties, leave, rosters, weekly questions."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "calendar_years",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("loaded_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("year"),
    )
    op.create_table(
        "duty_planning",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("through_on", sa.Date(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("collected_on", sa.Date(), nullable=True),
        sa.Column("asked_week", sa.Date(), nullable=True),
        sa.Column("asked_cursor", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "duty_settings",
        sa.Column("commune", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("remind", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune"],
            ["areas.code"],
        ),
        sa.PrimaryKeyConstraint("commune", "event"),
    )
    op.create_table(
        "absences",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("stand_in", BigId, nullable=False),
        sa.Column("entered_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["stand_in"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absences_last_on"), ["last_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_absences_person_id"), ["person_id"], unique=False)

    op.create_table(
        "calendar_changes",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_by", BigId, nullable=True),
        sa.Column("entered_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "duty_lists",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("shown_at", Instant, nullable=False),
        sa.Column("morning", sa.Date(), nullable=True),
        sa.Column("items", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "morning"),
    )
    with op.batch_alter_table("duty_lists", schema=None) as batch_op:
        batch_op.create_index("ix_duty_lists_shown", ["person_id", "shown_at"], unique=False)

    op.create_table(
        "on_call_shifts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("entered_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["area"],
            ["areas.code"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("on_call_shifts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_on_call_shifts_area"), ["area"], unique=False)

    op.create_table(
        "zero_reports",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["area"],
            ["areas.code"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "area", "week"),
    )
    with op.batch_alter_table("zero_reports", schema=None) as batch_op:
        batch_op.create_index("ix_zero_reports_area", ["area", "week"], unique=False)

    op.create_table(
        "case_clocks",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("since_at", Instant, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("stopped_at", Instant, nullable=True),
        sa.Column("warn_at", Instant, nullable=True),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "clock", "since_at"),
    )
    with op.batch_alter_table("case_clocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_clocks_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_case_clocks_running",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("stopped_at IS NULL"),
            postgresql_where=sa.text("stopped_at IS NULL"),
        )
        batch_op.create_index(
            "ix_case_clocks_warn",
            ["warn_at"],
            unique=False,
            sqlite_where=sa.text("stopped_at IS NULL"),
            postgresql_where=sa.text("stopped_at IS NULL"),
        )

    op.create_table(
        "duties",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", Instant, nullable=True),
        sa.Column("remind_on", sa.String(), nullable=False),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("proof", sa.Boolean(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("remind_at", Instant, nullable=True),
        sa.Column("escalate_at", Instant, nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("given_by", BigId, nullable=True),
        sa.Column("done_at", Instant, nullable=True),
        sa.Column("done_by", BigId, nullable=True),
        sa.Column("proof_words", sa.LargeBinary(), nullable=True),
        sa.Column("proof_id", BigId, nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["done_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["given_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["proof_id"],
            ["attachments.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("duties", schema=None) as batch_op:
        batch_op.create_index(
            "ix_duties_escalate",
            ["escalate_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.create_index(
            "ix_duties_open",
            ["person_id", "due_on"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.create_index(
            "ix_duties_remind",
            ["remind_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.create_index("ix_duties_subject", ["subject", "source"], unique=False)

    op.create_table(
        "duty_watches",
        sa.Column("duty_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("since_at", Instant, nullable=False),
        sa.Column("remind_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["duty_id"],
            ["duties.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("duty_id", "person_id"),
    )
    with op.batch_alter_table("duty_watches", schema=None) as batch_op:
        batch_op.create_index("ix_duty_watches_remind", ["remind_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("duty_watches", schema=None) as batch_op:
        batch_op.drop_index("ix_duty_watches_remind")

    op.drop_table("duty_watches")
    with op.batch_alter_table("duties", schema=None) as batch_op:
        batch_op.drop_index("ix_duties_subject")
        batch_op.drop_index(
            "ix_duties_remind",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_duties_open",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_duties_escalate",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )

    op.drop_table("duties")
    with op.batch_alter_table("case_clocks", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_case_clocks_warn",
            sqlite_where=sa.text("stopped_at IS NULL"),
            postgresql_where=sa.text("stopped_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_case_clocks_running",
            sqlite_where=sa.text("stopped_at IS NULL"),
            postgresql_where=sa.text("stopped_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_case_clocks_case_id"))

    op.drop_table("case_clocks")
    with op.batch_alter_table("zero_reports", schema=None) as batch_op:
        batch_op.drop_index("ix_zero_reports_area")

    op.drop_table("zero_reports")
    with op.batch_alter_table("on_call_shifts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_on_call_shifts_area"))

    op.drop_table("on_call_shifts")
    with op.batch_alter_table("duty_lists", schema=None) as batch_op:
        batch_op.drop_index("ix_duty_lists_shown")

    op.drop_table("duty_lists")
    op.drop_table("calendar_changes")
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absences_person_id"))
        batch_op.drop_index(batch_op.f("ix_absences_last_on"))

    op.drop_table("absences")
    op.drop_table("duty_settings")
    op.drop_table("duty_planning")
    op.drop_table("calendar_years")
