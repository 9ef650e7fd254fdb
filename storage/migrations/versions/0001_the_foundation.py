"""The foundation"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


# The audit log may only grow: the database itself refuses anything else.
APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER audit_log_no_{what} BEFORE {what} ON audit_log "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        for what in ("update", "delete")
    ]
    + [  # "INSERT OR REPLACE" deletes a row without saying so
        "CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log "
        "WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id OR hash = NEW.hash) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
        "CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log "
        "FOR EACH ROW EXECUTE FUNCTION audit_log_refuse()",
        "CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "areas",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent"],
            ["areas.code"],
        ),
        sa.PrimaryKeyConstraint("code"),
    )
    with op.batch_alter_table("areas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_areas_parent"), ["parent"], unique=False)

    op.create_table(
        "audit_log",
        sa.Column("id", BigId, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_log_at"), ["at"], unique=False)

    op.create_table(
        "children",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("name_index", sa.String(), nullable=True),
        sa.Column("facts", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("children", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_children_name_index"), ["name_index"], unique=False)

    op.create_table(
        "counts",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("window_at", Instant, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "window_at"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", BigId, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", Instant, nullable=True),
        sa.Column("parked_at", Instant, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "event_id"),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbox_pending",
            ["id"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_inbox_received_at"), ["received_at"], unique=False)

    op.create_table(
        "web_messages",
        sa.Column("id", BigId, nullable=False),
        sa.Column("address_index", sa.String(), nullable=False),
        sa.Column("by_bot", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("address_index", "client_id"),
    )
    with op.batch_alter_table("web_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_messages_at"), ["at"], unique=False)
        batch_op.create_index("ix_web_messages_reading", ["address_index", "id"], unique=False)

    op.create_table(
        "web_sessions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("token_index", sa.String(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.String(), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=True),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("last_seen_at", Instant, nullable=False),
        sa.Column("ended_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_index"),
    )
    with op.batch_alter_table("web_sessions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_web_sessions_address_index"), ["address_index"], unique=False
        )

    op.create_table(
        "area_successions",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("old_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"],
            ["areas.code"],
        ),
        sa.PrimaryKeyConstraint("code", "old_code"),
    )
    with op.batch_alter_table("area_successions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_area_successions_old_code"), ["old_code"], unique=False
        )

    op.create_table(
        "invitations",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code_index", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["area"],
            ["areas.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code_index"),
    )
    op.create_table(
        "people",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("home_area", sa.String(), nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("introduced_at", Instant, nullable=True),
        sa.Column("suspended_at", Instant, nullable=True),
        sa.Column("merged_into", BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["home_area"],
            ["areas.code"],
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "cases",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("commune", sa.String(), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("child_id", BigId, nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("answer_due_at", Instant, nullable=False),
        sa.Column("safety_due_at", Instant, nullable=True),
        sa.Column("acknowledged_at", Instant, nullable=True),
        sa.Column("acknowledged_by", BigId, nullable=True),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("escalate_at", Instant, nullable=True),
        sa.Column("closed_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["area"],
            ["areas.code"],
        ),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["children.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune"],
            ["areas.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cases_escalate_at"), ["escalate_at"], unique=False)
        batch_op.create_index("ix_cases_list", ["commune", "closed_at", "opened_at"], unique=False)

    op.create_table(
        "channel_links",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.String(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("last_seen_at", Instant, nullable=True),
        sa.Column("blocked_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "address_index"),
    )
    with op.batch_alter_table("channel_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_channel_links_person_id"), ["person_id"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("form", sa.String(), nullable=True),
        sa.Column("menu", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "drafts",
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("person_id", "form"),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "handovers",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code_index", sa.String(), nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("opens", sa.String(), nullable=True),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("used_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handovers_code_index"), ["code_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_handovers_person_id"), ["person_id"], unique=False)

    op.create_table(
        "roles",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("granted_at", Instant, nullable=False),
        sa.Column("ended_at", Instant, nullable=True),
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
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roles_area"), ["area"], unique=False)
        batch_op.create_index(batch_op.f("ix_roles_person_id"), ["person_id"], unique=False)

    op.create_table(
        "submissions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("draft_key", sa.String(), nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("commune", sa.String(), nullable=True),
        sa.Column("filed_at", Instant, nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("draft_key"),
    )
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submissions_commune"), ["commune"], unique=False)
        batch_op.create_index(batch_op.f("ix_submissions_filed_at"), ["filed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_submissions_form"), ["form"], unique=False)
        batch_op.create_index(batch_op.f("ix_submissions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "case_entries",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("case_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_entries_case_id"), ["case_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", BigId, nullable=False),
        sa.Column("link_id", BigId, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("once", sa.String(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("not_before", Instant, nullable=True),
        sa.Column("expires_at", Instant, nullable=True),
        sa.Column("claimed_until", Instant, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", Instant, nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("platform_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["channel_links.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("once"),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_link_id"), ["link_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_pending",
            ["priority", "id"],
            unique=False,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )

    op.create_table(
        "questions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("link_id", BigId, nullable=False),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", Instant, nullable=True),
        sa.Column("answered_by", BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["channel_links.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questions_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_questions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "reports",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("draft_key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("completed_at", Instant, nullable=True),
        sa.Column("commune", sa.String(), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("draft_key"),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_received_at"), ["received_at"], unique=False)

    op.create_table(
        "attachments",
        sa.Column("id", BigId, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reference", sa.LargeBinary(), nullable=False),
        sa.Column("reference_index", sa.String(), nullable=False),
        sa.Column("owner_index", sa.String(), nullable=False),
        sa.Column("report_id", BigId, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", Instant, nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "reference_index"),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_created_at"), ["created_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_attachments_owner_index"), ["owner_index"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_attachments_report_id"), ["report_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_state"), ["state"], unique=False)

    op.create_table(
        "reporters",
        sa.Column("report_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("link_id", BigId, nullable=False),
        sa.Column("may_call", sa.Boolean(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["channel_links.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
        ),
        sa.PrimaryKeyConstraint("report_id"),
    )
    with op.batch_alter_table("reporters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reporters_person_id"), ["person_id"], unique=False)

    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("reporters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reporters_person_id"))

    op.drop_table("reporters")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_state"))
        batch_op.drop_index(batch_op.f("ix_attachments_report_id"))
        batch_op.drop_index(batch_op.f("ix_attachments_owner_index"))
        batch_op.drop_index(batch_op.f("ix_attachments_created_at"))

    op.drop_table("attachments")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reports_received_at"))
        batch_op.drop_index(batch_op.f("ix_reports_code"))
        batch_op.drop_index(batch_op.f("ix_reports_case_id"))

    op.drop_table("reports")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_questions_person_id"))
        batch_op.drop_index(batch_op.f("ix_questions_asked_at"))

    op.drop_table("questions")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_pending",
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_outbox_link_id"))
        batch_op.drop_index(batch_op.f("ix_outbox_created_at"))

    op.drop_table("outbox")
    with op.batch_alter_table("case_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_entries_case_id"))

    op.drop_table("case_entries")
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submissions_person_id"))
        batch_op.drop_index(batch_op.f("ix_submissions_form"))
        batch_op.drop_index(batch_op.f("ix_submissions_filed_at"))
        batch_op.drop_index(batch_op.f("ix_submissions_commune"))

    op.drop_table("submissions")
    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roles_person_id"))
        batch_op.drop_index(batch_op.f("ix_roles_area"))

    op.drop_table("roles")
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handovers_person_id"))
        batch_op.drop_index(batch_op.f("ix_handovers_code_index"))

    op.drop_table("handovers")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drafts_updated_at"))

    op.drop_table("drafts")
    op.drop_table("conversations")
    with op.batch_alter_table("channel_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_channel_links_person_id"))

    op.drop_table("channel_links")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_list")
        batch_op.drop_index(batch_op.f("ix_cases_escalate_at"))

    op.drop_table("cases")
    op.drop_table("people")
    op.drop_table("invitations")
    with op.batch_alter_table("area_successions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_area_successions_old_code"))

    op.drop_table("area_successions")
    with op.batch_alter_table("web_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_sessions_address_index"))

    op.drop_table("web_sessions")
    with op.batch_alter_table("web_messages", schema=None) as batch_op:
        batch_op.drop_index("ix_web_messages_reading")
        batch_op.drop_index(batch_op.f("ix_web_messages_at"))

    op.drop_table("web_messages")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_received_at"))
        batch_op.drop_index(
            "ix_inbox_pending",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )

    op.drop_table("inbox")
    op.drop_table("counts")
    with op.batch_alter_table("children", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_children_name_index"))

    op.drop_table("children")
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_log_at"))

    op.drop_table("audit_log")
    with op.batch_alter_table("areas", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_areas_parent"))

    op.drop_table("areas")
