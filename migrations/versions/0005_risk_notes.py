"""Keep the risks an organisation sees under a committee's report."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of the notes."""
    op.create_table(
        "risk_note",
        sa.Column("committee_id", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["committee.id"], name=op.f("fk_risk_note_committee_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_risk_note_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_note")),
        sa.UniqueConstraint("committee_id", "organisation_id", "quarter", name="uq_risk_note_once"),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("risk_note")
