"""Cases have their tables: timelines, verdicts, labels, actions with their steps, letters and replies."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables; no case is open yet."""
    op.create_table(
        "cases",
        sa.Column("id", sa.Text, nullable=False, comment="from the place"),
        sa.Column("target", sa.Text, nullable=False, comment="canonical"),
        sa.Column("place", sa.Text, nullable=False, comment="what all spellings of the address have in common"),
        sa.Column("site", sa.Text, nullable=False, comment="registered domain"),
        sa.Column("channel", sa.Text, nullable=False, comment="by which it was found"),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("known_at", sa.BigInteger, nullable=False, comment="when somebody of ours first knew of it"),
        sa.Column("known_by", sa.Text, nullable=False),
        sa.Column("known_how", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, comment="open or closed"),
        sa.Column("closing", sa.Text, nullable=False, comment="why it was closed; empty while it is open"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("place", name="uq_cases_place"),
        comment="One row a case: the file on one matter, how it stands now.",
    )
    op.create_index("ix_cases_site", "cases", ["site"])
    op.create_index("ix_cases_state", "cases", ["state"])
    op.create_table(
        "entries",
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False, comment="from 1, no gaps"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False, comment="id of what it is about; empty: the case"),
        sa.Column("detail", sa.Text, nullable=False, comment="JSON"),
        sa.Column("is_privileged", sa.Boolean, nullable=False, comment="whether it never leaves the house"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_entries_case_id_cases"),
        sa.PrimaryKeyConstraint("case_id", "number", name="pk_entries"),
        comment="One row a line of a timeline: facts, never edited.",
    )
    op.create_index("ix_entries_subject", "entries", ["subject"])
    op.create_table(
        "verdicts",
        sa.Column("id", sa.Text, nullable=False, comment="from the case, its capture and the policy"),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False, comment="the policy, or who decided otherwise"),
        sa.Column("capture_id", sa.Text, comment="the sealed capture that was judged; null: none"),
        sa.Column("verdict", sa.Text, nullable=False, comment="the word"),
        sa.Column("record", sa.Text, nullable=False, comment="JSON: the whole verdict"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_verdicts_case_id_cases"),
        sa.PrimaryKeyConstraint("id", name="pk_verdicts"),
        comment="One row a decision on a case: superseded by the next, never changed.",
    )
    op.create_index("ix_verdicts_case_id", "verdicts", ["case_id"])
    op.create_table(
        "labels",
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False, comment="from 1, no gaps"),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("saw", sa.Boolean, nullable=False, comment="whether they had seen another's label"),
        sa.Column("note", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_labels_case_id_cases"),
        sa.PrimaryKeyConstraint("case_id", "number", name="pk_labels"),
        comment="One row a label: what one person says that a case is.",
    )
    op.create_table(
        "actions",
        sa.Column("id", sa.Text, nullable=False, comment="what is asked of whom, over what, and when it was proposed"),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False, comment="equal for two that ask the same"),
        sa.Column("recipient", sa.Text, nullable=False, comment="address of the channel"),
        sa.Column("record", sa.Text, nullable=False, comment="JSON: the action without its steps"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_actions_case_id_cases"),
        sa.PrimaryKeyConstraint("id", name="pk_actions"),
        comment="One row an action; its state follows from its steps.",
    )
    for column in ("about", "case_id", "recipient"):
        op.create_index(f"ix_actions_{column}", "actions", [column])
    op.create_table(
        "steps",
        sa.Column("action_id", sa.Text, nullable=False),
        sa.Column(
            "number", sa.Integer, nullable=False, autoincrement=False, comment="from 0, no gaps: two at once cannot be"
        ),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("detail", sa.Text, nullable=False, comment="JSON"),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name="fk_steps_action_id_actions"),
        sa.PrimaryKeyConstraint("action_id", "number", name="pk_steps"),
        comment="One row a step of an action: facts, never edited.",
    )
    op.create_index("ix_steps_name_at", "steps", ["name", "at"])
    op.create_table(
        "letters",
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("action_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False, comment="notice, follow_up, interim, resolved or withdrawn"),
        sa.Column("number", sa.Integer, nullable=False, comment="which of that kind"),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False, comment="the moment that it bears"),
        sa.Column("digest", sa.Text, nullable=False, comment="of its bytes; an object"),
        sa.Column("state", sa.Text, nullable=False, comment="begun, sent, kept, refused or unsure"),
        sa.Column("said", sa.Text, nullable=False, comment="what the mail server said, or where the sandbox kept it"),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name="fk_letters_action_id_actions"),
        sa.PrimaryKeyConstraint("message_id", name="pk_letters"),
        comment="One row a letter that left or was about to.",
    )
    op.create_index("ix_letters_action_id", "letters", ["action_id"])
    op.create_table(
        "replies",
        sa.Column("id", sa.Text, nullable=False, comment="SHA-256 of its bytes: read twice, it is one"),
        sa.Column("action_id", sa.Text, comment="null: it answers none of ours"),
        sa.Column("case_id", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False, comment="when we read it"),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("meaning", sa.Text, nullable=False),
        sa.Column("trust", sa.Text, nullable=False),
        sa.Column("linked_by", sa.Text),
        sa.Column("ticket", sa.Text, comment="the other side's own number"),
        sa.Column("record", sa.Text, nullable=False, comment="JSON: the reply as read"),
        sa.PrimaryKeyConstraint("id", name="pk_replies"),
        comment="One row a mail that came in.",
    )
    for column in ("action_id", "case_id"):
        op.create_index(f"ix_replies_{column}", "replies", [column])


def downgrade() -> None:
    """Drop them, and with them all that was asked of anybody."""
    for table in ("replies", "letters", "steps", "actions", "labels", "verdicts", "entries", "cases"):
        op.drop_table(table)
