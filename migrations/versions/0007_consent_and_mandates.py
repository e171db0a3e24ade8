"""Complete consents, laws as data, mandates with a scope, and consents that nobody may change."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def keep_for_ever(table: str) -> None:
    """Let the database itself refuse every change of a row of ``table``."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )


def let_go(table: str) -> None:
    """Undo :func:`keep_for_ever`."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(f"DROP TRIGGER {table}_no_{act.lower()}")
        return
    op.execute(f"DROP TRIGGER {table}_keep ON {table}")
    op.execute(f"DROP FUNCTION {table}_refuse()")


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "law",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("explained", sa.String(length=300), nullable=False),
        sa.Column("explained_en", sa.String(length=300), nullable=False),
        sa.Column("plan_types", sa.String(length=200), nullable=False),
        sa.Column("inform_person", sa.Boolean(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_law")),
        sa.UniqueConstraint("code", name=op.f("uq_law_code")),
    )
    op.create_table(
        "consent_assent",
        sa.Column("consent_id", sa.String(length=16), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.Column("recorded_by_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_consent_assent_by_id")),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name=op.f("fk_consent_assent_consent_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name=op.f("fk_consent_assent_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_assent")),
        sa.UniqueConstraint("consent_id", "by_id", name="uq_consent_assent_once"),
    )
    with op.batch_alter_table("consent_assent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consent_assent_consent_id"), ["consent_id"], unique=False
        )
    _add_columns()
    keep_for_ever("consent_assent")


def _add_columns() -> None:
    text = {"nullable": False, "server_default": ""}
    no = {"nullable": False, "server_default": sa.false()}
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.add_column(sa.Column("given_by_list", sa.String(length=120), **text))
        batch_op.add_column(sa.Column("awaits_list", sa.String(length=120), **text))
        batch_op.add_column(sa.Column("text_hash", sa.String(length=64), **text))
        batch_op.add_column(sa.Column("not_covered_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("explained_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("childs_view_sealed", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("legal_basis", schema=None) as batch_op:
        batch_op.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("must_inform", sa.Boolean(), **no))
        batch_op.add_column(sa.Column("informed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("informed_by_id", sa.String(length=16), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_legal_basis_informed_by_id"), "user", ["informed_by_id"], ["id"]
        )
    with op.batch_alter_table("representation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("scope_list", sa.String(length=60), nullable=False, server_default="personal")
        )
        batch_op.add_column(sa.Column("recorded_by_id", sa.String(length=16), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_representation_recorded_by_id"), "user", ["recorded_by_id"], ["id"]
        )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_apart", sa.Boolean(), **no))


def downgrade() -> None:
    """Undo it."""
    let_go("consent_assent")
    # The table is made anew without the columns, which would lose what keeps its rows.
    let_go("consent")
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_column("is_apart")
    with op.batch_alter_table("representation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_representation_recorded_by_id"), type_="foreignkey")
        batch_op.drop_column("recorded_by_id")
        batch_op.drop_column("scope_list")
    with op.batch_alter_table("legal_basis", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_legal_basis_informed_by_id"), type_="foreignkey")
        for column in ("informed_by_id", "informed_at", "must_inform", "valid_to"):
            batch_op.drop_column(column)
    with op.batch_alter_table("consent", schema=None) as batch_op:
        for column in (
            *("childs_view_sealed", "explained_sealed", "not_covered_sealed"),
            *("text_hash", "awaits_list", "given_by_list"),
        ):
            batch_op.drop_column(column)
    keep_for_ever("consent")
    op.drop_table("consent_assent")
    op.drop_table("law")
