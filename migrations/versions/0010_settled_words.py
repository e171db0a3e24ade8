"""Let a word of the person's that somebody has acted on be history alone."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take away what was said of how an agreement stood before; its history keeps it."""
    op.execute(
        "UPDATE action SET persons_word = NULL, persons_words_sealed = NULL, "
        "persons_word_at = NULL WHERE status_at > persons_word_at"
    )


def downgrade() -> None:
    """Do nothing: what was said stands in the history."""
