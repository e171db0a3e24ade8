"""Remember which forms were sent, so that what is sent twice is done once."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "sent_form",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_form")),
        sa.UniqueConstraint("key", name=op.f("uq_sent_form_key")),
    )


def downgrade() -> None:
    """Take the table away: what is sent twice is done twice again."""
    op.drop_table("sent_form")
