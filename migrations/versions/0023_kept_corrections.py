"""Let the database itself keep what stood in minutes before they were corrected.

As with the log (0008): a text may be sealed under a newer key, and goes with its case once the
erasure of that case is written down; everything else is refused, emptying the table too.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_TABLE = "minutes_correction"
_PLAIN = "id, meeting_id, item_id, edition, field, by_id, at"
_SEALED = ("was_sealed", "reason_sealed")
_IS_ERASED = (
    "EXISTS (SELECT 1 FROM erasure JOIN meeting ON meeting.case_id = erasure.case_id "
    "WHERE meeting.id = OLD.meeting_id)"
)


def _same(is_not: str) -> str:
    """Return when the sealed texts are the same, or under a later key."""
    return " AND ".join(
        f"(NEW.{name} {is_not} OLD.{name} OR "
        f"coalesce(substr(NEW.{name}, 1, 1) > substr(OLD.{name}, 1, 1), false))"
        for name in _SEALED
    )


def _keep_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_TABLE} is append-only'); END"
    for act, when in (
        (f"no_update BEFORE UPDATE OF {_PLAIN}", ""),
        ("no_delete BEFORE DELETE", f"WHEN NOT {_IS_ERASED} "),
        (f"no_seal BEFORE UPDATE OF {', '.join(_SEALED)}", f"WHEN NOT ({_same('IS')}) "),
    ):
        op.execute(f"CREATE TRIGGER {_TABLE}_{act} ON {_TABLE} {when}{refuse}")


def _keep_postgresql() -> None:
    no = f"RAISE EXCEPTION '{_TABLE} is append-only'"
    op.execute(
        f"CREATE FUNCTION {_TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN IF {_IS_ERASED} THEN RETURN OLD; END IF; END IF; {no}; END $$"
    )
    op.execute(
        f"CREATE FUNCTION {_TABLE}_judge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {_same('IS NOT DISTINCT FROM')} THEN RETURN NEW; END IF; {no}; END $$"
    )
    for act, each, judge in (
        (f"keep BEFORE DELETE OR UPDATE OF {_PLAIN}", "ROW", "refuse"),
        ("hold BEFORE TRUNCATE", "STATEMENT", "refuse"),
        (f"seal BEFORE UPDATE OF {', '.join(_SEALED)}", "ROW", "judge"),
    ):
        op.execute(
            f"CREATE TRIGGER {_TABLE}_{act} ON {_TABLE} "
            f"FOR EACH {each} EXECUTE FUNCTION {_TABLE}_{judge}()"
        )


def upgrade() -> None:
    """Keep the corrections."""
    if op.get_bind().dialect.name == "sqlite":
        _keep_sqlite()
    else:
        _keep_postgresql()


def downgrade() -> None:
    """Let them be changed, as before."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete", "seal"):
            op.execute(f"DROP TRIGGER {_TABLE}_no_{act}")
        return
    for name in ("keep", "hold", "seal"):
        op.execute(f"DROP TRIGGER {_TABLE}_{name} ON {_TABLE}")
    op.execute(f"DROP FUNCTION {_TABLE}_refuse()")
    op.execute(f"DROP FUNCTION {_TABLE}_judge()")
