"""The reference: a plain page of 50 rows through ORM and template, no login, no log."""

from pathlib import Path

from flask import Flask, render_template
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

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
    state: Mapped[str]


def create_app(database: Path) -> Flask:
    """Return the reference application with its 50 rows on SQLite in ``database``."""
    app = Flask("reference", template_folder=str(Path(__file__).parent / "templates"))
    engine = create_engine(f"sqlite:///{database}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            Row(
                title=f"Aftale nummer {n}",
                owner=f"Navn Navnesen {n}",
                place="Socialafdelingen",
                state="i gang",
            )
            for n in range(ROWS)
        )
        session.commit()

    @app.get("/")
    def rows() -> str:
        with Session(engine) as session:
            found = session.scalars(select(Row).order_by(Row.id).limit(ROWS)).all()
            return render_template("rows.html", rows=found)

    return app
