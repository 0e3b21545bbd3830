"""Changes of released files themselves: their bytes, their mode, their place."""

from __future__ import annotations

from tests.bypass.scene import SECOND, Family, Scene
from tests.support.repos import FIRST, FOLDER

EDITED = "released-version-edited"
REMOVED = "released-version-removed"
REPLACED = "released-version-replaced"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "1" * 64 + "\nsize 120\n"

family = Family("The file itself")


def rewrite(scene: Scene, content: bytes) -> None:
    scene.repo.write(FIRST, content)
    scene.repo.commit()


def released(scene: Scene) -> bytes:
    return scene.repo.read(FIRST).encode()


@family.bypass(EDITED)
def edit(scene: Scene) -> None:
    """Change a word."""
    scene.repo.edit()
    scene.repo.commit()


@family.bypass(EDITED)
def edit_of_the_summary(scene: Scene) -> None:
    """Change only the front matter."""
    rewrite(scene, released(scene).replace(b"worth a call", b"worth calling"))


@family.bypass(EDITED)
def white_space(scene: Scene) -> None:
    """Change only white space."""
    rewrite(scene, released(scene) + b"\n")


@family.bypass(EDITED)
def line_ends(scene: Scene) -> None:
    """Commit the file with CRLF line ends."""
    rewrite(scene, released(scene).replace(b"\n", b"\r\n"))


@family.bypass(EDITED)
def byte_order_mark(scene: Scene) -> None:
    """Put a byte order mark before the text."""
    rewrite(scene, b"\xef\xbb\xbf" + released(scene))


@family.bypass(EDITED)
def invisible_characters(scene: Scene) -> None:
    """Add characters that nobody sees."""
    rewrite(scene, released(scene).replace(b"Judge", "Ju\u200bdge".encode()))


@family.bypass(EDITED)
def composed_otherwise(scene: Scene) -> None:
    """Write the same text in another Unicode normal form."""
    scene.repo.write(SECOND, scene.repo.read(SECOND).replace("Prüfe", "Pru\u0308fe"))
    scene.repo.commit()


@family.bypass(EDITED)
def broken_encoding(scene: Scene) -> None:
    """Write bytes that are no UTF-8."""
    rewrite(scene, released(scene).replace(b"Judge", b"\xff\xfe"))


@family.bypass(EDITED)
def null_bytes(scene: Scene) -> None:
    """Write NUL bytes, so that the file counts as binary."""
    rewrite(scene, released(scene) + b"\0" * 100)


@family.bypass(EDITED)
def empty(scene: Scene) -> None:
    """Leave the file empty."""
    rewrite(scene, b"")


@family.bypass(EDITED)
def huge(scene: Scene) -> None:
    """Make the file larger than what is read."""
    rewrite(scene, released(scene) + b"more\n" * (1 << 21))


@family.bypass(EDITED)
def lfs_pointer(scene: Scene) -> None:
    """Leave a pointer of Git LFS in its place."""
    rewrite(scene, POINTER.encode())


@family.bypass(EDITED)
def allowed_by_a_comment(scene: Scene) -> None:
    """Allow the edit in a comment inside the file."""
    rewrite(scene, released(scene).replace(b"name:", b"# promptctl: allow released-version-edited said so\nname:"))


@family.bypass(EDITED)
def copy_over(scene: Scene) -> None:
    """Copy another version over it."""
    scene.repo.write(FIRST, scene.repo.read(SECOND))
    scene.repo.commit()


@family.bypass(EDITED)
def swap(scene: Scene) -> None:
    """Let two versions change places."""
    one, other = scene.repo.read(FIRST), scene.repo.read(SECOND)
    scene.repo.write(FIRST, other)
    scene.repo.write(SECOND, one)
    scene.repo.commit()


@family.bypass(REMOVED)
def delete(scene: Scene) -> None:
    """Delete it."""
    scene.repo.git("rm", "--quiet", FIRST)
    scene.repo.commit()


@family.bypass(REMOVED)
def delete_the_prompt(scene: Scene) -> None:
    """Delete the whole prompt."""
    scene.repo.git("rm", "--quiet", "-r", FOLDER)
    scene.repo.commit()


@family.bypass(REMOVED)
def rename_the_file(scene: Scene) -> None:
    """Give it another number."""
    scene.repo.git("mv", FIRST, f"{FOLDER}/1.0.1.md")
    scene.repo.commit()


@family.bypass(REMOVED)
def rename_the_prompt(scene: Scene) -> None:
    """Give the prompt's folder another name."""
    scene.repo.git("mv", FOLDER, "prompt-templates/task/judge-lead")
    scene.repo.commit()


@family.bypass(REMOVED)
def move_to_another_category(scene: Scene) -> None:
    """Move the prompt to another category."""
    (scene.repo.path / "prompt-templates/sales").mkdir()
    scene.repo.git("mv", FOLDER, "prompt-templates/sales/qualify-lead")
    scene.repo.commit()


@family.bypass(REMOVED)
def move_the_templates(scene: Scene) -> None:
    """Move the whole template folder."""
    scene.repo.git("mv", "prompt-templates", "prompts")
    scene.repo.commit()


@family.bypass(REPLACED)
def executable(scene: Scene) -> None:
    """Make it executable."""
    scene.repo.git("update-index", "--chmod=+x", FIRST)
    scene.repo.git("commit", "--quiet", "--no-verify", "-m", "Mode")


@family.bypass(REPLACED)
def link(scene: Scene) -> None:
    """Put a symbolic link in its place, to the same text elsewhere."""
    scene.repo.git("mv", FIRST, "latest.md")
    (scene.repo.path / FIRST).symlink_to("../../../latest.md")
    scene.repo.commit()


@family.bypass(REPLACED)
def link_out_of_the_repository(scene: Scene) -> None:
    """Put a link in its place that leads out of the repository."""
    scene.put(FIRST, scene.store("/etc/hostname"), "120000")


@family.bypass(REMOVED)
def link_for_a_folder(scene: Scene) -> None:
    """Put a link in the place of the prompt's folder."""
    scene.repo.git("mv", FOLDER, "elsewhere")
    (scene.repo.path / FOLDER).symlink_to("../../elsewhere")
    scene.repo.commit()


@family.bypass(REPLACED)
def submodule(scene: Scene) -> None:
    """Put a submodule in its place."""
    scene.put(FIRST, scene.repo.git("rev-parse", "HEAD"), "160000")


@family.bypass(REMOVED)
def submodule_for_the_prompt(scene: Scene) -> None:
    """Put a submodule, which `.gitmodules` lets anybody redirect, where the prompt's folder is."""
    scene.put(".gitmodules", scene.store(f'[submodule "x"]\n path = {FOLDER}\n url = ./elsewhere\n'))
    scene.put(FOLDER, scene.repo.git("rev-parse", "HEAD"), "160000")


@family.bypass(REMOVED)
def submodule_for_the_templates(scene: Scene) -> None:
    """Put a submodule in the place of the template folder."""
    scene.put("prompt-templates", scene.repo.git("rev-parse", "HEAD"), "160000")


@family.bypass(REMOVED)
def folder(scene: Scene) -> None:
    """Put a folder of its name in its place."""
    scene.put(f"{FIRST}/1.0.0.md", scene.repo.git("rev-parse", f"HEAD:{FIRST}"))
