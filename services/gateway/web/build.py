"""Makes what the pages load: files of others from npm, our icons as one sprite, tokens, and the texts' catalogues.

``python -m services.gateway.web.build [folder of npm's packages]``: everything lands in ``static/built`` and beside the
texts, is never committed, and is made anew only when something it is made of changed.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
ROOT = WEB.parents[2]
BUILT = WEB / "static" / "built"
TRANSLATIONS = WEB / "translations"
STAMP = BUILT / "made-of.txt"

# What is taken from each package, and the name it gets here.
COPIES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.css",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "sortablejs/Sortable.min.js": "sortable.js",
}
_ICON = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")
_WORD = re.compile(r"""["']([a-z][a-z0-9-]+)["']""")
_URL = re.compile(r"https?://\S+")


class BuildError(Exception):
    """The pages' files could not be made; the text says what to do."""


def build(modules: Path) -> bool:
    """Make all of it; ``modules``: where npm puts its packages. False when nothing had changed."""
    BUILT.mkdir(parents=True, exist_ok=True)
    with (BUILT / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if STAMP.is_file() and STAMP.read_text() == fingerprint():
            return False
        install(modules)
        copy(modules / "node_modules")
        icons = modules / "node_modules" / "@tabler" / "icons" / "icons" / "outline"
        (BUILT / "icons.svg").write_text(sprite(icons, used_icons(icons)))
        write_tokens()
        compile_texts()
        squeeze()
        STAMP.write_text(fingerprint())
    return True


def fingerprint() -> str:
    """What the result depends on."""
    sources = [Path(__file__), WEB / "package-lock.json", WEB.parents[2] / "libs" / "brand" / "tokens.py"]
    sources += sorted(WEB.glob("templates/**/*.html")) + sorted(WEB.glob("static/**/*.[cj]s*"))
    sources += sorted(WEB.glob("**/*.py")) + sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
    digest = hashlib.sha256()
    for source in sources:
        if BUILT not in source.parents:
            digest.update(source.name.encode() + source.read_bytes())
    return digest.hexdigest()


def install(modules: Path) -> None:
    """Get the packages of the lock; nothing of theirs is run."""
    modules.mkdir(parents=True, exist_ok=True)
    wanted = (WEB / "package-lock.json").read_text()
    done = modules / "installed.txt"
    if done.is_file() and done.read_text() == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise BuildError("npm is missing: install Debian's packages nodejs and npm")
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(WEB / name, modules / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    answer = subprocess.run(  # noqa: S603  (our own command, no shell)
        command, cwd=modules, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if answer.returncode:
        tail = "\n".join(_URL.sub("<address>", answer.stdout).splitlines()[-10:])
        raise BuildError(f"npm ci failed (exit {answer.returncode}):\n{tail}")
    done.write_text(wanted)


def copy(packages: Path) -> None:
    """Take the files we serve; a source map they name is not there, so the line that names it goes."""
    for source, name in COPIES.items():
        data = (packages / source).read_bytes()
        if name.endswith((".js", ".css")):
            data = re.sub(rb"(//|/\*)# sourceMappingURL=\S+( \*/)?", b"", data)
        (BUILT / name).write_bytes(data)


def used_icons(icons: Path) -> list[str]:
    """The icons that templates name; views name some in tables of theirs, among other words."""
    texts = [path.read_text() for path in WEB.glob("templates/**/*.html")]
    named = {name for text in texts for name in _ICON.findall(text)}
    views = [path.read_text() for path in WEB.glob("**/*.py")]
    words = {word for text in [*views, *texts] for word in _WORD.findall(text)}
    return sorted(named | {word for word in words if (icons / f"{word}.svg").is_file()})


def sprite(icons: Path, names: list[str]) -> str:
    """One SVG with a symbol for each icon."""
    symbols = []
    for name in names:
        source = icons / f"{name}.svg"
        if not source.is_file():
            raise BuildError(f"there is no icon {name!r}")
        inner = re.sub(r"<!--.*?-->", "", source.read_text(), flags=re.S)
        inner = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", inner, flags=re.S)
        inner = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", inner)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(inner.split())}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def write_tokens() -> None:
    """The tokens as CSS, and the mark as a picture."""
    from libs.brand import tokens

    (BUILT / "tokens.css").write_text(tokens.css())
    (BUILT / "mark.svg").write_text(tokens.mark())


def compile_texts() -> None:
    """Catalogues as gettext reads them."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"):
        with source.open("rb") as texts, source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(texts, locale=source.parts[-3]))


def squeeze() -> None:
    """A compressed copy beside every text file: what browsers get, without work at each request."""
    static = WEB / "static"
    for path in [*static.glob("**/*.css"), *static.glob("**/*.js"), *static.glob("**/*.svg")]:
        name = str(path.relative_to(static)).replace("/", "__")
        target = BUILT / "gz" / f"{name}.gz"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def main() -> None:
    """Build into this checkout; packages are kept in ``var/npm`` unless another folder is named."""
    modules = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "npm"
    try:
        changed = build(modules)
    except BuildError as error:
        sys.exit(str(error))
    print(json.dumps({"built": changed}))


if __name__ == "__main__":
    main()
