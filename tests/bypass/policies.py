"""Policies and waivers that would make a change lawful."""

from __future__ import annotations

from tests.bypass.contents import EDITED, REMOVED
from tests.bypass.scene import SECOND, UNCHANGED, Family, Scene
from tests.support.repos import FIRST, FOLDER, POLICY

family = Family("Policy and waivers")

POLICY_FILE = "promptctl.yaml"
LOOSENED = "policy-loosened-with-changes"


def with_policy(scene: Scene, text: str) -> None:
    """Edit, and commit another policy with it."""
    scene.repo.edit()
    scene.repo.write(POLICY_FILE, text)
    scene.repo.commit()


def waiver(rule: str, path: str, blob: str, until: str = "2999-01-01") -> str:
    entry = {"rule": rule, "path": path, "blob": blob, "reason": "Said so.", "until": until}
    return f"waivers:\n  - {{{', '.join(f'{key}: {value}' for key, value in entry.items())}}}\n"


def edited_blob(scene: Scene) -> str:
    return scene.store(scene.repo.read(FIRST).replace("Judge", "Weigh"))


@family.bypass(EDITED)
def protected_list(scene: Scene) -> None:
    """Take the branch out of `protected` in the same change."""
    with_policy(scene, POLICY.replace("[main]", "[elsewhere]"))


@family.bypass(REMOVED)
def paths(scene: Scene) -> None:
    """Move the template folder, in the policy and on disk."""
    scene.repo.write(POLICY_FILE, f"{POLICY}paths: {{templates: prompts}}\n")
    scene.repo.git("mv", "prompt-templates", "prompts")
    scene.repo.edit(FIRST.replace("prompt-templates", "prompts"))
    scene.repo.commit()


@family.bypass(EDITED)
def paths_alone(scene: Scene) -> None:
    """Point `paths` elsewhere and edit where nobody looks any more."""
    with_policy(scene, f"{POLICY}paths: {{templates: nowhere}}\n")


@family.bypass(EDITED)
def rules_off(scene: Scene) -> None:
    """Switch the rule off in the same change."""
    with_policy(scene, f"{POLICY}rules: {{released-version-edited: off}}\n")


@family.bypass("policy-invalid")
def rule_off_alone(scene: Scene) -> None:
    """Switch the rule off first, in a change of its own."""
    scene.repo.write(POLICY_FILE, f"{POLICY}rules: {{released-version-edited: off}}\n")
    scene.repo.commit()


@family.bypass(LOOSENED)
def loosened_among_others(scene: Scene) -> None:
    """Hide a loosened policy among other changes."""
    scene.repo.write(POLICY_FILE, f"{POLICY}rules: {{unused-input: off}}\n")
    scene.repo.write("notes.txt", "Some notes.")
    scene.repo.commit()


@family.bypass(EDITED)
def waiver_in_the_change(scene: Scene) -> None:
    """Bring the waiver along with what it lets pass."""
    with_policy(scene, POLICY + waiver(EDITED, FIRST, edited_blob(scene)))


@family.bypass(EDITED)
def waiver_for_other_bytes(scene: Scene) -> None:
    """Use a waiver for bytes that it does not name."""
    scene.repo.write(POLICY_FILE, POLICY + waiver(EDITED, FIRST, edited_blob(scene)))
    scene.land()
    scene.repo.write(FIRST, scene.repo.read(FIRST).replace("Judge", "Ignore"))
    scene.repo.commit()


@family.bypass(EDITED)
def waiver_for_another_file(scene: Scene) -> None:
    """Use a waiver for a file that it does not name."""
    scene.repo.write(POLICY_FILE, POLICY + waiver(EDITED, FIRST, edited_blob(scene)))
    scene.land()
    scene.repo.write(SECOND, scene.repo.read(FIRST).replace("Judge", "Weigh"))
    scene.repo.commit()


@family.bypass(REMOVED)
def waiver_for_another_fault(scene: Scene) -> None:
    """Delete what only may be edited."""
    scene.repo.write(POLICY_FILE, POLICY + waiver(EDITED, FIRST, edited_blob(scene)))
    scene.land()
    scene.repo.git("rm", "--quiet", FIRST)
    scene.repo.commit()


@family.bypass(EDITED)
def waiver_that_ended(scene: Scene) -> None:
    """Use a waiver after its end."""
    scene.repo.write(POLICY_FILE, POLICY + waiver(EDITED, FIRST, edited_blob(scene), "2020-01-01"))
    scene.land_unseen()
    scene.repo.edit()
    scene.repo.commit()


@family.bypass("policy-invalid")
def waiver_for_anything(scene: Scene) -> None:
    """Write a waiver that names no bytes."""
    scene.repo.write(
        POLICY_FILE, f"{POLICY}waivers:\n  - {{rule: {EDITED}, path: {FIRST}, reason: x, until: 2999-01-01}}\n"
    )
    scene.repo.commit()


@family.bypass(EDITED)
def policy_removed(scene: Scene) -> None:
    """Remove the policy in the same change."""
    scene.repo.git("rm", "--quiet", POLICY_FILE)
    scene.repo.edit()
    scene.repo.commit()


@family.bypass("policy-removed")
def policy_removed_alone(scene: Scene) -> None:
    """Remove the policy first."""
    scene.repo.git("rm", "--quiet", POLICY_FILE)
    scene.repo.commit()


@family.bypass("policy-removed")
def policy_renamed(scene: Scene) -> None:
    """Rename the policy to `promptctl.yml`."""
    scene.repo.git("mv", POLICY_FILE, "promptctl.yml")
    scene.repo.commit()


@family.bypass("policy-invalid")
def policy_as_a_link(scene: Scene) -> None:
    """Make the policy a link to one that is changed later."""
    scene.repo.git("mv", POLICY_FILE, "real.yaml")
    (scene.repo.path / POLICY_FILE).symlink_to("real.yaml")
    scene.repo.commit()


@family.bypass("policy-invalid")
def policy_broken(scene: Scene) -> None:
    """Make the policy unreadable, so that nothing is in force."""
    scene.repo.write(POLICY_FILE, "protected: main, and more\n")
    scene.repo.commit()


@family.bypass("policy-invalid")
def policy_mended_with_a_waiver(scene: Scene) -> None:
    """Mend a policy that is broken already, with a waiver and an edit."""
    blob = edited_blob(scene)
    scene.repo.write(POLICY_FILE, "protected: main, and more\n")
    scene.land_unseen()
    scene.to_mend[POLICY_FILE] = POLICY
    with_policy(scene, POLICY + waiver(EDITED, FIRST, blob))


@family.bypass("case-collision")
def policy_by_another_case(scene: Scene) -> None:
    """Add `Promptctl.yaml`, which is the policy where case folds."""
    scene.add("Promptctl.yaml", POLICY.replace("[main]", "[elsewhere]"))


@family.bypass(EDITED)
def policy_in_a_subfolder(scene: Scene) -> None:
    """Add a policy inside the template folder."""
    scene.repo.write("prompt-templates/promptctl.yaml", "protected: [elsewhere]\n")
    scene.repo.edit()
    scene.repo.commit()


@family.bypass(EDITED)
def nested_project(scene: Scene) -> None:
    """Declare the prompt's folder a project of its own and check from there."""
    scene.repo.write(f"{FOLDER}/promptctl.yaml", "protected: [elsewhere]\npaths: {templates: nowhere}\n")
    scene.repo.edit()
    scene.repo.commit()
    scene.directory = FOLDER


@family.bypass(
    "released-version-removed", UNCHANGED, note="A server judges the project at the root, which this is not."
)
def policy_of_a_subfolder_removed(scene: Scene) -> None:
    """Remove the policy and a version of a project in a subfolder."""
    for path in (POLICY_FILE, FIRST, f"{FOLDER}/prompt.yaml"):
        scene.repo.write(f"sub/{path}", scene.repo.read(path).replace("qualify-lead", "sub-lead"))
    (scene.repo.path / f"sub/{FOLDER}").rename(scene.repo.path / "sub/prompt-templates/task/sub-lead")
    scene.land()
    scene.repo.git("rm", "--quiet", f"sub/{POLICY_FILE}", "sub/prompt-templates/task/sub-lead/1.0.0.md")
    scene.repo.commit()
    scene.directory = "sub"


@family.bypass(EDITED)
def line_without_a_policy(scene: Scene) -> None:
    """Bring a policy of one's own to a protected branch that has none."""
    scene.repo.git("rm", "--quiet", POLICY_FILE)
    scene.repo.commit()
    scene.bare.git("fetch", "--quiet", str(scene.repo.path), "feature:refs/heads/stable")
    scene.repo.git("checkout", "--quiet", "-B", "feature", "origin/main")
    scene.repo.write(POLICY_FILE, POLICY.replace("[main]", "[main, stable]"))
    scene.land()
    scene.bare.git("update-ref", "refs/heads/stable", scene.bare.git("rev-parse", "stable"))
    scene.repo.git("fetch", "--quiet", "origin")
    scene.repo.git("checkout", "--quiet", "-B", "feature", "origin/stable")
    with_policy(scene, f"{POLICY}paths: {{templates: nowhere}}\n")
    scene.pushed = ["feature:refs/heads/stable"]
