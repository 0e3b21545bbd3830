"""Files that would be taken for a released version, or hide it, under another name."""

from __future__ import annotations

from tests.bypass.scene import Family, Scene
from tests.support.repos import FIRST, FOLDER, MANIFEST, version_text

TWIN = "case-collision"
NO_VERSION = "invalid-version"
MISPLACED = "misplaced-file"

family = Family("Names that shadow it")


@family.bypass(TWIN)
def case_twin_of_the_file(scene: Scene) -> None:
    """Add a file whose name differs only by case."""
    scene.add(f"{FOLDER}/1.0.0.MD")


@family.bypass(TWIN)
def case_twin_of_the_prompt(scene: Scene) -> None:
    """Add a prompt whose folder differs only by case."""
    scene.add(f"{FOLDER.replace('qualify', 'Qualify')}/1.0.0.md")


@family.bypass(TWIN)
def case_twin_of_the_category(scene: Scene) -> None:
    """Add a category that differs only by case."""
    scene.add(FIRST.replace("task", "TASK"))


@family.bypass(TWIN)
def case_twin_of_the_templates(scene: Scene) -> None:
    """Add a template folder that differs only by case."""
    scene.add(FIRST.replace("prompt-templates", "Prompt-Templates"))


@family.bypass(TWIN)
def link_like_the_templates(scene: Scene) -> None:
    """Add a link named as the template folder but for case."""
    scene.put("PROMPT-TEMPLATES", scene.store("elsewhere"), "120000")


@family.bypass(TWIN)
def ignored_character_in_the_templates(scene: Scene) -> None:
    """Add a template folder with a character that some file systems ignore."""
    scene.add(FIRST.replace("prompt-templates", "prompt\u200c-templates"))


@family.bypass(TWIN)
def unicode_twin(scene: Scene) -> None:
    """Add a category in another Unicode normal form."""
    place = "prompt-templates/pr\u00fcfen/check-text"
    scene.repo.write(f"{place}/prompt.yaml", MANIFEST.format(name="check-text", recommended="1.0.0"))
    scene.repo.write(f"{place}/1.0.0.md", version_text("1.0.0", name="check-text"))
    scene.land()
    scene.add(f"{place}/1.0.0.md".replace("\u00fc", "u\u0308"))


@family.bypass(TWIN)
def short_name_of_the_templates(scene: Scene) -> None:
    """Write through the short name that Windows gives the template folder."""
    scene.add(f"PROMPT~1/{FIRST.partition('/')[2]}")


@family.bypass("invalid-prompt-name")
def short_name_of_the_prompt(scene: Scene) -> None:
    """Write through the short name that Windows gives the prompt's folder."""
    scene.add(FIRST.replace("qualify-lead", "QUALIF~1"))


@family.bypass("duplicate-prompt-name")
def same_prompt_elsewhere(scene: Scene) -> None:
    """Add the same prompt in a category that is found first."""
    scene.add(FIRST.replace("task", "aaa"))


@family.bypass("duplicate-prompt-name")
def underscore_for_a_hyphen(scene: Scene) -> None:
    """Add a prompt whose name differs by an underscore."""
    scene.add(FIRST.replace("qualify-lead", "qualify_lead"))


@family.bypass(MISPLACED)
def prompt_inside_the_prompt(scene: Scene) -> None:
    """Add the prompt again inside itself."""
    scene.add(f"{FOLDER}/qualify-lead/1.0.0.md")


@family.bypass("equal-precedence")
def build_metadata(scene: Scene) -> None:
    """Add a version that differs only by build metadata."""
    scene.add(f"{FOLDER}/1.0.0+eu.md", version_text("1.0.0+eu", "Weigh."))


@family.bypass(NO_VERSION)
def leading_v(scene: Scene) -> None:
    """Add `v1.0.0.md`."""
    scene.add(f"{FOLDER}/v1.0.0.md")


@family.bypass(NO_VERSION)
def leading_zero(scene: Scene) -> None:
    """Add `01.0.0.md`."""
    scene.add(f"{FOLDER}/01.0.0.md")


@family.bypass(NO_VERSION)
def full_width_digits(scene: Scene) -> None:
    """Write the number with digits of another script."""
    scene.add(f"{FOLDER}/\uff11.0.0.md")


@family.bypass(NO_VERSION)
def digits_of_two_scripts(scene: Scene) -> None:
    """Write a part of the number with digits of another script."""
    scene.add(f"{FOLDER}/1.0.\u0660.md")


@family.bypass(NO_VERSION)
def blank_in_the_number(scene: Scene) -> None:
    """Add a blank after the number."""
    scene.add(f"{FOLDER}/1.0.0 .md")


@family.bypass(MISPLACED)
def trailing_blank(scene: Scene) -> None:
    """Add a blank after the name, which Windows drops."""
    scene.add(f"{FOLDER}/1.0.0.md ")


@family.bypass(MISPLACED)
def trailing_dot(scene: Scene) -> None:
    """Add a dot after the name, which Windows drops."""
    scene.add(f"{FOLDER}/1.0.0.md.")


@family.bypass(MISPLACED)
def data_stream(scene: Scene) -> None:
    """Name the data stream that NTFS keeps a file's bytes in."""
    scene.add(f"{FOLDER}/1.0.0.md::$DATA")


@family.bypass(MISPLACED)
def backslashes(scene: Scene) -> None:
    """Write the path with backslashes."""
    scene.add("prompt-templates/task\\qualify-lead\\1.0.0.md")


@family.bypass(MISPLACED)
def newline_in_the_name(scene: Scene) -> None:
    """Break the name into two lines, the first of which looks lawful."""
    scene.add(f"{FOLDER}/1.0.0.md\nREADME")


@family.bypass(NO_VERSION)
def name_that_is_no_text(scene: Scene) -> None:
    """Use bytes in the name that are no UTF-8."""
    scene.add(f"{FOLDER}/1.0.0".encode() + b"\xff.md")


@family.bypass("version-mismatch")
def number_of_another(scene: Scene) -> None:
    """Add a version whose front matter claims a released number."""
    text = version_text("1.0.0", "Weigh.", supersedes="1.1.0", summary="Says more.")
    scene.add(f"{FOLDER}/1.2.0.md", text)


@family.bypass("name-mismatch")
def name_of_another(scene: Scene) -> None:
    """Add a prompt whose front matter claims another's name."""
    scene.repo.write("prompt-templates/task/other/prompt.yaml", MANIFEST.format(name="other", recommended="1.0.0"))
    scene.repo.commit()
    scene.add("prompt-templates/task/other/1.0.0.md")


@family.bypass("version-collision", "released-version-edited")
def number_that_is_taken(scene: Scene) -> None:
    """Draft a number that the protected branch took meanwhile."""
    scene.repo.switch("topic")
    scene.draft("1.2.0", "Judge in haste.")
    scene.repo.commit()
    scene.repo.git("checkout", "--quiet", "feature")
    scene.draft("1.2.0")
    scene.land()
    scene.repo.git("checkout", "--quiet", "-B", "feature", "topic")
