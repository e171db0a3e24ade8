import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text

from netmeet.accounts.models import User
from netmeet.core import sealed
from netmeet.core.db import db

KEY_1, KEY_2, INDEX = b"1" * 32, b"2" * 32, b"i" * 32


def test_a_name_is_unreadable_in_the_database_and_readable_in_the_program(world):
    user = world.user("Åse Ærø Østergård")
    world.save()
    kept = db.session.execute(text('SELECT name_sealed FROM "user"')).scalar_one()
    assert "Ærø".encode() not in bytes(kept)
    db.session.expire_all()
    assert db.session.get(User, user.id).name == "Åse Ærø Østergård"


def test_a_text_moved_to_another_row_is_refused(world):
    mia, bo = world.user("Mia"), world.user("Bo")
    world.save()
    mia.name_sealed = bo.name_sealed
    world.save()
    db.session.expire_all()
    with pytest.raises(InvalidTag):
        _ = db.session.get(User, mia.id).name


def test_an_unchanged_text_leaves_the_row_untouched(world):
    user = world.user("Mia")
    world.save()
    version = user.version
    user.name = "Mia"
    world.save()
    assert user.version == version


def test_an_old_key_still_opens_what_it_sealed_and_the_newest_seals():
    old = sealed.Keyring(keys={1: KEY_1}, index_key=INDEX)
    both = sealed.Keyring(keys={1: KEY_1, 2: KEY_2}, index_key=INDEX)
    text_ = old.seal("bolig", place="t|1|c")
    assert both.open(text_, place="t|1|c") == "bolig"
    assert both.seal("bolig", place="t|1|c")[0] == 2


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        sealed.Keyring(keys={1: b"short"}, index_key=INDEX)


def test_an_address_is_found_exactly_and_never_by_its_plain_digest(world):
    world.user("Mia", email="mia@example.org")
    world.save()
    index = sealed.keyring().index("mia@example.org", kind="email")
    assert db.session.scalars(select(User).where(User.email_index == index)).one()
    assert index != sealed.keyring().index("mia@example.org", kind="cpr")
