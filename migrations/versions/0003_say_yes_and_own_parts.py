"""Keep an organisation's yes, its own part of a section, and how a goal ended."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COMMON = sa.text("organisation_id IS NULL")


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("needs_yes", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("partys_word", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("partys_word_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("ended_on", sa.Date(), nullable=True))

    with op.batch_alter_table("plan_section", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organisation_id", sa.String(length=16), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_plan_section_organisation_id"), "organisation", ["organisation_id"], ["id"]
        )
        batch_op.drop_constraint("uq_plan_section_once", type_="unique")
        batch_op.create_unique_constraint(
            "uq_plan_section_once", ["plan_id", "key", "organisation_id"]
        )
    op.create_index(
        "uq_plan_section_common",
        "plan_section",
        ["plan_id", "key"],
        unique=True,
        sqlite_where=_COMMON,
        postgresql_where=_COMMON,
    )


def downgrade() -> None:
    """Undo it: what an organisation has written of its own is left out."""
    op.drop_index("uq_plan_section_common", table_name="plan_section")
    op.execute("DELETE FROM plan_section WHERE organisation_id IS NOT NULL")
    with op.batch_alter_table("plan_section", schema=None) as batch_op:
        batch_op.drop_constraint("uq_plan_section_once", type_="unique")
        batch_op.create_unique_constraint("uq_plan_section_once", ["plan_id", "key"])
        batch_op.drop_constraint(op.f("fk_plan_section_organisation_id"), type_="foreignkey")
        batch_op.drop_column("organisation_id")

    # A batch would make the tables anew, which SQLite refuses while other rows point to theirs.
    for name in ("ended_on", "ended"):
        op.drop_column("goal", name)
    for name in ("partys_word_at", "partys_word", "needs_yes"):
        op.drop_column("action", name)
