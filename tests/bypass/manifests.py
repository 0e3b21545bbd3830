"""Manifests that would make a removal lawful, and attributes that would make git change what it gives out."""

from __future__ import annotations

import hashlib

from tests.bypass.contents import EDITED, REMOVED, REPLACED
from tests.bypass.scene import UNCHANGED, Family, Scene
from tests.support.repos import FIRST, FOLDER, MANIFEST, Repo

family = Family("Manifests and attributes")


@family.bypass("manifest-missing")
def manifest_deleted(scene: Scene) -> None:
    """Delete the manifest, so that the folder is no prompt."""
    scene.repo.git("rm", "--quiet", f"{FOLDER}/prompt.yaml")
    scene.repo.commit()


def with_tombstone(scene: Scene, digest: str = "0" * 64) -> None:
    text = MANIFEST.format(name="qualify-lead", recommended="1.1.0")
    stone = f"retired:\n  1.0.0: {{digest: 'sha256:{digest}', on: 2026-01-01, reason: Gone.}}\n"
    scene.repo.write(f"{FOLDER}/prompt.yaml", text + stone)


@family.bypass(REMOVED)
def tombstone_in_the_change(scene: Scene) -> None:
    """Write the tombstone by hand and delete the file with it."""
    with_tombstone(scene)
    scene.repo.git("rm", "--quiet", FIRST)
    scene.repo.commit()


@family.bypass(REMOVED)
def tombstone_before_the_change(scene: Scene) -> None:
    """Write the tombstone by hand first, and delete the file later."""
    with_tombstone(scene)
    scene.land_unseen()
    scene.repo.git("rm", "--quiet", FIRST)
    scene.repo.commit()


@family.bypass(EDITED)
def tombstone_for_other_bytes(scene: Scene) -> None:
    """Write a tombstone with the digest of the bytes that are to come."""
    later = scene.repo.read(FIRST).replace("Judge", "Weigh")
    with_tombstone(scene, hashlib.sha256(later.encode()).hexdigest())
    scene.land_unseen()
    scene.repo.write(FIRST, later)
    scene.repo.commit()


def retired(scene: Scene, path: str = FIRST) -> str:
    """A lawful end of 1.0.0, for an incident; what the manifest says of it."""
    manifest = f"{FOLDER}/prompt.yaml"
    digest = hashlib.sha256(scene.repo.read(path).encode()).hexdigest()
    stone = f"{{digest: 'sha256:{digest}', on: 2026-01-01, reason: Gone., purge: legal, incident: INC-1}}"
    text = MANIFEST.format(name="qualify-lead", recommended="1.1.0") + f"retired:\n  1.0.0: {stone}\n"
    scene.repo.write(manifest, text)
    scene.repo.git("rm", "--quiet", path)
    scene.land("Purge 1.0.0")
    return text


@family.bypass("version-collision")
def return_of_a_retired_number(scene: Scene) -> None:
    """Release a retired number again, with other bytes, and drop its tombstone with it."""
    text = scene.repo.read(FIRST)
    retired(scene)
    scene.repo.write(FIRST, text.replace("Judge", "Weigh"))
    scene.repo.write(f"{FOLDER}/prompt.yaml", MANIFEST.format(name="qualify-lead", recommended="1.1.0"))
    scene.repo.commit()


@family.bypass(REMOVED)
def tombstone_dropped_first(scene: Scene) -> None:
    """Drop a tombstone, to release its number again later."""
    retired(scene)
    scene.repo.write(f"{FOLDER}/prompt.yaml", MANIFEST.format(name="qualify-lead", recommended="1.1.0"))
    scene.repo.commit()


@family.bypass(REMOVED)
def tombstone_with_another_digest(scene: Scene) -> None:
    """Change the digest of a tombstone, so that other bytes may return."""
    text = retired(scene)
    digest = text.partition("sha256:")[2][:64]
    scene.repo.write(f"{FOLDER}/prompt.yaml", text.replace(digest, "0" * 64))
    scene.repo.commit()


@family.bypass("removed-without-deprecation")
def deprecation_in_the_change(scene: Scene) -> None:
    """Deprecate and remove in one change."""
    deprecated = "{replacement: 1.1.0, reason: Old., announced: 2020-01-01, remove-after: 2020-03-01}"
    text = MANIFEST.format(name="qualify-lead", recommended="1.1.0")
    digest = hashlib.sha256(scene.repo.read(FIRST).encode()).hexdigest()
    stone = f"{{digest: 'sha256:{digest}', on: 2020-03-02, reason: Old.}}"
    lines = f"deprecated:\n  1.0.0: {deprecated}\nretired:\n  1.0.0: {stone}\n"
    scene.repo.write(f"{FOLDER}/prompt.yaml", text + lines)
    scene.repo.git("rm", "--quiet", FIRST)
    scene.repo.commit()


@family.bypass("grace-too-short")
def deprecation_of_long_ago(scene: Scene) -> None:
    """Announce a deprecation as if it had been announced long ago."""
    deprecated = "{replacement: 1.1.0, reason: Old., announced: 2020-01-01, remove-after: 2020-03-01}"
    text = MANIFEST.format(name="qualify-lead", recommended="1.1.0")
    scene.repo.write(f"{FOLDER}/prompt.yaml", f"{text}deprecated:\n  1.0.0: {deprecated}\n")
    scene.repo.commit()


def with_attributes(scene: Scene, line: str, path: str = ".gitattributes") -> None:
    scene.repo.write(path, f"{line}\n")
    scene.repo.git("add", path)
    scene.repo.git("commit", "--quiet", "--no-verify", "-m", "Attributes")


@family.bypass(REPLACED)
def attribute_filter(scene: Scene) -> None:
    """Have git run a filter on checkout."""
    with_attributes(scene, "*.md filter=rewrite")


@family.bypass(REPLACED)
def attribute_lfs(scene: Scene) -> None:
    """Track the files with Git LFS."""
    with_attributes(scene, "prompt-templates/** filter=lfs diff=lfs merge=lfs -text")


@family.bypass(REPLACED)
def attribute_ident(scene: Scene) -> None:
    """Have git write object ids into the files on checkout."""
    with_attributes(scene, "*.md ident", f"{FOLDER}/.gitattributes")


@family.bypass(REPLACED)
def attribute_encoding(scene: Scene) -> None:
    """Have git write the files in another encoding on checkout."""
    with_attributes(scene, "*.md text working-tree-encoding=UTF-16LE")


@family.bypass(REPLACED)
def attribute_by_a_macro(scene: Scene) -> None:
    """Hide the attribute in a macro of another name."""
    with_attributes(scene, "[attr]prose ident\n*.md prose")


@family.bypass(REPLACED)
def attribute_export(scene: Scene) -> None:
    """Leave the files out of what `git archive` makes."""
    with_attributes(scene, "prompt-templates/** export-ignore")


@family.bypass(
    UNCHANGED, note="Text with other line ends is the same text in git. A reader of checkouts must expect it."
)
def attribute_line_ends(scene: Scene) -> None:
    """Have git check the files out with CRLF line ends."""
    with_attributes(scene, "*.md text eol=crlf")


@family.bypass(EDITED)
def attribute_that_hides(scene: Scene) -> None:
    """Call the files binary and generated, so that no tool shows the edit."""
    scene.repo.edit()
    scene.repo.write(".gitattributes", "prompt-templates/** binary -diff linguist-generated merge=ours\n")
    scene.repo.commit()


@family.bypass(EDITED)
def attribute_textconv(scene: Scene) -> None:
    """Have comparisons go through a program that prints nothing."""
    scene.repo.edit()
    scene.repo.write(".gitattributes", "*.md diff=nothing\n")
    scene.repo.commit()

    def act(runner: Repo) -> None:
        runner.git("config", "diff.nothing.textconv", "true")
        runner.git("config", "diff.nothing.command", "true")

    scene.on_runner.append(act)
