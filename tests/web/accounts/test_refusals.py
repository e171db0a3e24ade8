"""What the common pages say when something cannot be done: nothing typed is lost."""

JSON = {"Accept": "application/json"}


def test_a_form_that_is_too_old_shows_what_was_typed(client, world):
    world.sign_in(client, world.lise)
    answer = client.post("/account", data={"phone": "ring om aftenen", "password": "hemmelig"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "ring om aftenen" in page
    assert "hemmelig" not in page


def test_a_form_that_is_too_old_and_empty_says_what_to_do(client):
    answer = client.post("/logout")
    assert answer.status_code == 400
    assert "Gå tilbage til siden" in answer.get_data(as_text=True)


def test_a_script_gets_both_texts_as_a_fragment(client, world):
    world.sign_in(client, world.lise)
    stale = world.lise.version
    fields = {"email": world.lise.email, "phone": "det ene <b>", "version": stale}
    assert client.send("/account", fields).status_code == 303
    answer = client.send("/account", {**fields, "phone": "det andet"}, headers=JSON)
    fragment = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "<html" not in fragment
    assert "det ene &lt;b&gt;" in fragment
    assert "det andet" in fragment
    assert f'data-version="{world.lise.version}"' in fragment


def test_the_page_of_both_texts_can_be_sent_again(client, world):
    world.sign_in(client, world.lise)
    stale = world.lise.version
    fields = {"email": world.lise.email, "phone": "det ene", "version": stale}
    client.send("/account", fields)
    answer = client.send("/account", {**fields, "phone": "det andet nummer"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert f'name="version" value="{world.lise.version}"' in page
    assert "det andet nummer</textarea>" in page


def test_what_is_not_there_is_said_in_words(client):
    answer = client.get("/findes/ikke")
    assert answer.status_code == 404
    assert "Siden findes ikke" in answer.get_data(as_text=True)


def test_an_ended_login_without_an_owner_offers_the_login(client):
    answer = client.send("/account", {"phone": "12"})
    assert answer.status_code == 401
    assert "Log ind igen" in answer.get_data(as_text=True)
