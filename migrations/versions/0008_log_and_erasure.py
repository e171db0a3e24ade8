"""Keep the log for ever, let keys be changed and cases be erased.

What is kept for ever may still be sealed under a newer key, and goes with its case once the erasure
of that case is written down: the database itself refuses everything else, emptying a table too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Each table that is kept, and the case that its row ``OLD`` belongs to; none for the log.
_KEPT = {
    "audit_event": "",
    "audit_anchor": "",
    "erasure": "",
    "plan_version": "(SELECT case_id FROM plan WHERE plan.id = OLD.plan_id)",
    "consent": "OLD.case_id",
    "consent_withdrawal": "(SELECT case_id FROM consent WHERE consent.id = OLD.consent_id)",
}
_KEPT_BEFORE = ("audit_event", "plan_version", "consent", "consent_withdrawal")


def _is_erased(case: str) -> str:
    return f"EXISTS (SELECT 1 FROM erasure WHERE erasure.case_id = {case})"  # noqa: S608 - ours


def _may_change(table: str, column: str) -> str:
    """Return when a sealed column may change: to a later key; in the log also to nothing."""
    first = f"substr({{}}.{column}, 1, 1)"
    newer = f"{first.format('NEW')} > {first.format('OLD')}"
    if table != "audit_event":
        return newer
    return f"({newer} OR (NEW.{column} IS NULL AND {_is_erased('OLD.case_id')}))"


def _columns(table: str) -> tuple[list[str], list[str]]:
    """Return the columns that never change, and the sealed ones."""
    names = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    hidden = [name for name in names if name.endswith("_sealed")]
    return [name for name in names if name not in hidden], hidden


def _forget(table: str) -> None:
    """Take away whatever keeps the table now."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete", "seal"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
        return
    for name in ("keep", "seal", "hold"):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}")
    op.execute(f"DROP FUNCTION IF EXISTS {table}_refuse()")
    op.execute(f"DROP FUNCTION IF EXISTS {table}_judge()")


def _keep_sqlite(table: str, case: str) -> None:
    plain, hidden = _columns(table)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    listed = ", ".join(f'"{name}"' for name in plain)
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {listed} ON {table} {refuse}")
    unless = f"WHEN NOT {_is_erased(case)} " if case else ""
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {unless}{refuse}")
    if hidden:
        judged = " AND ".join(
            f"(NEW.{name} IS OLD.{name} OR coalesce({_may_change(table, name)}, 0))"
            for name in hidden
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_seal BEFORE UPDATE OF {', '.join(hidden)} ON {table} "
            f"WHEN NOT ({judged}) {refuse}"
        )


def _keep_postgresql(table: str, case: str) -> None:
    plain, hidden = _columns(table)
    no = f"RAISE EXCEPTION '{table} is append-only'"
    deleting = f"IF {_is_erased(case)} THEN RETURN OLD; END IF;" if case else ""
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN {deleting} {no}; END IF; {no}; END $$"
    )
    listed = ", ".join(f'"{name}"' for name in plain)
    op.execute(
        f"CREATE TRIGGER {table}_keep BEFORE DELETE OR UPDATE OF {listed} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_hold BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
    if hidden:
        judged = " AND ".join(
            f"(NEW.{name} IS NOT DISTINCT FROM OLD.{name} "
            f"OR coalesce({_may_change(table, name)}, false))"
            for name in hidden
        )
        op.execute(
            f"CREATE FUNCTION {table}_judge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {judged} THEN RETURN NEW; END IF; {no}; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_seal BEFORE UPDATE OF {', '.join(hidden)} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_judge()"
        )


def upgrade() -> None:
    """Add the tables, the digest of a reason, and what keeps them."""
    op.add_column("audit_event", sa.Column("reason_digest", sa.LargeBinary(), nullable=True))
    op.create_table(
        "erasure",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("case_id", name=op.f("uq_erasure_case_id")),
    )
    op.create_table(
        "audit_follow_up",
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_follow_up")),
        sa.UniqueConstraint("organisation_id", "user_id", "day", name="uq_follow_up"),
    )
    op.create_table(
        "keeping_note",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_keeping_note_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keeping_note")),
    )
    op.create_index(op.f("ix_keeping_note_case_id"), "keeping_note", ["case_id"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, case in _KEPT.items():
        _forget(table)
        (_keep_sqlite if is_sqlite else _keep_postgresql)(table, case)


def downgrade() -> None:
    """Keep four tables without exception, as before."""
    for table in _KEPT:
        _forget(table)
    op.drop_table("keeping_note")
    op.drop_table("audit_follow_up")
    op.drop_table("erasure")
    op.drop_column("audit_event", "reason_digest")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _KEPT_BEFORE:
        if is_sqlite:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            continue
        op.execute(
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
        )
