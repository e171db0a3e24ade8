"""Keep what people attach to a meeting, in sealed parts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "attachment",
        sa.Column("meeting_id", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=True),
        sa.Column("author_id", sa.String(length=16), nullable=False),
        sa.Column("raised_as", sa.String(length=40), nullable=False),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("is_kept_from_private", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_attachment_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_attachment_item_id")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_attachment_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_meeting_id"), "attachment", ["meeting_id"])
    op.create_table(
        "file_part",
        sa.Column("attachment_id", sa.String(length=16), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_file_part_attachment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_part")),
        sa.UniqueConstraint("attachment_id", "n", name="uq_file_part_once"),
    )


def downgrade() -> None:
    """Take the tables away, with what is in them."""
    op.drop_table("file_part")
    op.drop_index(op.f("ix_attachment_meeting_id"), table_name="attachment")
    op.drop_table("attachment")
