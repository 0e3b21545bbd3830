"""Policies, waivers, manifests and attributes that would make a change lawful."""

from __future__ import annotations

import hashlib

from tests.bypass.contents import EDITED, REMOVED, REPLACED
from tests.bypass.scene import SECOND, UNCHANGED, Family, Scene
from tests.support.repos import FIRST, FOLDER, MANIFEST, POLICY, Repo

family = Family("Policy, waivers, manifests and attributes")

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
