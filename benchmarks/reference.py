"""The reference: a plain page of 50 rows, 8 kB, as anybody writes it with Flask-SQLAlchemy.

No login, no rules, no log, nothing encrypted. ``stack.md`` measured such a page at about five times
an empty answer of the same server (2.3 ms); ``python -m benchmarks`` prints what it is here.
"""

from datetime import date, timedelta
from pathlib import Path

from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ROWS = 50
DATABASE = "NETMEET_BENCH_REFERENCE"
"""The setting that names the file with its rows."""


class Base(DeclarativeBase):
    """The reference's own tables."""


class Row(Base):
    """A row with a few columns, as any list has."""

    __tablename__ = "row"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    owner: Mapped[str]
    place: Mapped[str]
    due_on: Mapped[date]
    state: Mapped[str]


def create_app(database: Path) -> Flask:
    """Return the reference application with its 50 rows on SQLite in ``database``."""
    app = Flask("reference", template_folder=str(Path(__file__).parent / "templates"))
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{database}"
    db = SQLAlchemy(app, model_class=Base)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        db.session.add_all(
            Row(
                title=f"Aftale nummer {n}",
                owner=f"Navn Navnesen {n}",
                place="Socialafdelingen",
                due_on=date(2027, 1, 1) + timedelta(days=n),
                state="i gang",
            )
            for n in range(ROWS)
        )
        db.session.commit()

    @app.get("/")
    def rows() -> str:
        found = db.session.scalars(db.select(Row).order_by(Row.due_on).limit(ROWS)).all()
        return render_template("rows.html", rows=found)

    @app.get("/rows/<int:row_id>")
    def row(row_id: int) -> str:
        return str(row_id)

    @app.get("/empty")
    def empty() -> str:
        return ""

    return app
