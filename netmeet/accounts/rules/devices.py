"""What a login's device is called, so that somebody recognises their own (ASVS 7.5.2)."""

# The first that fits wins: Edge and Samsung's browser call themselves Chrome too, Chrome Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("SamsungBrowser/", "Samsung"),
    ("OPR/", "Opera"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def name(user_agent: str) -> str:
    """Return browser and system, as "Firefox, Windows"; empty when neither is known.

    Nothing finer is kept: a version would tell more about a person than they gain by it.
    """
    found = [
        next((known for mark, known in marks if mark in user_agent), "")
        for marks in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(word for word in found if word)
