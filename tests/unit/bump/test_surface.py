from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.bump.prose import is_surface_edit
from promptctl.bump.prose.spelling import is_inflected, is_misspelled

SURFACE = [
    ("Judge the lead.", "Judge  the lead."),
    ("Judge the lead.\n\n\nSay why.", "Judge the lead.\nSay why.  \n"),
    ("Be brief:\n* one\n* two", "Be brief:\n- one\n- two"),
    ("##Rules\nBe brief.", "## Rules\nBe **brief**."),
    ("**ONLY GO ON IF IT RUNS**", "> [!CAUTION]\n> ONLY GO ON IF IT RUNS"),
    ("Don't guess — ask.", "Don\u2019t guess - ask."),
    ("a human readable text", "a human-readable text"),
    ("Please recieve the programing answers.", "Please receive the programming answers."),
    ("Returned in the same language.", "Return in the same language."),
    ("What it's answer means to you", "What its answer means to you"),
    ("When our frames our different", "When our frames are different"),
    ("a list with a a comma", "a list with a comma"),
    ("You shoudl answer.", "You should answer."),
    ("Write a yaml file.", "Write a YAML file."),
    ("# OUPTUT\nOne line.", "# OUTPUT\nOne line."),
    ("The colour of the Javascript code", "The color of the JavaScript code"),
    ("Say {{ lead }} twice", "Say {{lead}} twice"),
    ("---\nname: x\ndescription: All of it.\n---\nGo.", "---\nname: x\ndescription: 'All of it.'\n---\nGo."),
    ("Do not guess.", "Don't guess."),
    ("If you don't know, say that you can't tell.", "If you do not know, say that you cannot tell."),
    ("Let's see what they've said.", "Let us see what they have said."),
    ("Analyse the behaviour and organise it by colour.", "Analyze the behavior and organize it by color."),
    ("List names, dates and places.", "List names, dates, and places."),
    ("Write a well structured follow up email.", "Write a well-structured follow-up email."),
    ("Keep _every_ name.", "Keep *every* name."),
    ("Rules\n=====\n\nBe brief.", "# Rules\n\nBe brief."),
    ("How does this effect the reader?", "How does this affect the reader?"),
    ("1. one\n\n   ```\n   code\n   ```", "1. one\n\n```\ncode\n```"),
    ("```markdown\n```py\nx = 1\n```\n```", "````markdown\n```py\nx = 1\n```\n````"),
    ("Use the reuse rule.", "Use the re use rule."),
    ("He travelled, in his judgement.", "He traveled, in his judgment."),
    ("It involved two.", "It involves two."),
    ("* * * *", "---"),
    ("- Be brief:\n\n  - one\n\n    said  twice", "- Be brief:\n\n  - one\n\n    said twice"),
    ("    Be  brief.\n\n    Be kind.", "    Be brief.\n\n    Be  kind."),
    ('Say "lawful" of it: {"a": "a breif word"}', 'Say “lawful” of it: {"a": "a brief word"}'),
]
MORE = [
    ("Give 10 points.", "Give 20 points."),
    ("Give two points.", "Give ten points."),
    ("There are three of them", "There are there of them"),
    ("Do it.", "Do not do it."),
    ("You must answer.", "You may answer."),
    ("You should answer.", "You must answer."),
    ("Include the names.", "Exclude the names."),
    ("Sort by the minimum.", "Sort by the maximum."),
    ("Minimize the length.", "Maximize the length."),
    ("Answer from the form.", "Answer form the form."),
    ("Use the bolt style.", "Use the bold style."),
    ("Install shaden first.", "Install shadcn first."),
    ("Ask before you call.", "Ask after you call."),
    ("Say not the name.", "Say NOT the name."),
    ("Answer in complete sentences.", "Answer in COMPLETE sentences."),
    ("Run `gradlew test`.", "Run `gradelw test`."),
    ("Say {{lead}}.", "Say {{leads}}."),
    ("Say ${input:name}.", "Say ${input:names}."),
    ("See docs/readme.md.", "See docs/raedme.md."),
    ("```py\nx = 1\n```", "```py\n  x = 1\n```"),
    ("```py\nx = 1\ny = 2\n```", "```py\nx = 1\n\ny = 2\n```"),
    ("```json\n{}\n```", "```yaml\n{}\n```"),
    ("steps:\n  run: x", "steps:\n    run: x"),
    ("It is \u2705 lawful.", "It is \u274c lawful."),
    ("请回答问题并给出理由。", "请不回答问题并给出理由。"),
    ("x >= 1", "x > 1"),
    ("<b>x</b>", "<i>x</i>"),
    ("You can refer to them.", "You can't refer to them."),
    ("You can refer to them.", "You cannot refer to them."),
    ("The tone is formal.", "The tone isn't formal."),
    ("Say where you agree.", "Say where you disagree."),
    ("List internal links.", "List external links."),
    ("Advise the employer.", "Advise the employee."),
    ("Sign as Marc.", "Sign as Mark."),
    ("Give it in megabytes.", "Give it in gigabytes."),
    ("Wait ten seconds.", "Wait ten minutes."),
    ("Give weights in kg.", "Give weights in lb."),
    ("Write it in Java.", "Write it in JavaScript."),
    ("Ask us first.", "Ask US first."),
    ("Be kind.", "Be kind \U0001f600."),
    ('{"catgory": 1}', '{"category": 1}'),
    ("- Read it.\n- Judge it.", "- Judge it.\n- Read it."),
    ("Judge the lead.", "Weigh the lead."),
    ("Write to the caller.", "Write as the caller."),
    ("Speak of your work.", "Speak of my work."),
    ("One. Two.", "Two. One."),
    ("Judge it.", ""),
    ('Return JSON:\n{"ok": true}', 'Return JSON:\n{"ok": "true"}'),
    ("Return JSON:\n{'ok': null}", "Return JSON:\n{'ok': 'null'}"),
    ('Return {"n": [1, 5]}', 'Return {"n": [1, "5"]}'),
    ('Return {"n": []}', 'Return {"n": "[]"}'),
    ('Return {"socre": 1}', 'Return {"score": 1}'),
    ("Return YAML:\nok: true", 'Return YAML:\nok: "true"'),
    ("Return YAML:\n- 2024-01-01", "Return YAML:\n- '2024-01-01'"),
    ("Run:\n\n    x = 1", "Run:\n\n    x  =  1"),
    ("- Run:\n\n      x = 1", "- Run:\n\n      x  =  1"),
    ("It is 2 * 3.", "It is 2 3."),
    ("It is 2**3.", "It is 2 3."),
    ("It is a * b.", "It is a b."),
    ("It is 5 - 3.", "It is 5 3."),
    ("Find the causal link.", "Find the casual link."),
    ("Speak of the trial.", "Speak of the trail."),
    ("A completing offer.", "A competing offer."),
    ("Judge the transition.", "Judge the translation."),
    ("It is now here.", "It is nowhere."),
    ("Keep it a part.", "Keep it apart."),
    ("Work hard.", "Work hardly."),
    ("It is planed.", "It is planned."),
]


@pytest.mark.parametrize(("old", "new"), SURFACE)
def test_an_edit_of_the_surface(old: str, new: str) -> None:
    assert is_surface_edit(old, new)
    assert is_surface_edit(new, old)


@pytest.mark.parametrize(("old", "new"), MORE)
def test_an_edit_of_more_than_the_surface(old: str, new: str) -> None:
    assert not is_surface_edit(old, new)
    assert not is_surface_edit(new, old)


def test_a_word_that_still_stands_elsewhere_was_no_slip() -> None:
    assert is_surface_edit("Take the planer.", "Take the planner.")
    assert not is_surface_edit("Take the planer. A planer is loud.", "Take the planner. A planer is loud.")


@pytest.mark.parametrize(("one", "other"), [("category", "categories"), ("write", "writing"), ("return", "returned")])
def test_inflected(one: str, other: str) -> None:
    assert is_inflected(one, other)
    assert is_inflected(other, one)


@pytest.mark.parametrize(("one", "other"), [("string", "strong"), ("upload", "unload"), ("epic", "epos"), ("", "a")])
def test_two_words_are_no_slip(one: str, other: str) -> None:
    assert not is_misspelled(one, other)


@given(st.text(max_size=200))
def test_a_text_is_itself(text: str) -> None:
    assert is_surface_edit(text, text)


@given(st.lists(st.sampled_from(["Judge it.", "Say why.", "- one", "", "```", "  x: 1", "# Rules", "5 {{lead}}"])))
def test_blanks_at_the_end_of_lines_do_not_count(lines: list[str]) -> None:
    assert is_surface_edit("\n".join(lines), "\n".join(f"{line}  " for line in lines) + "\n")


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_answer_is_about_two_texts_and_not_about_time(one: str, other: str) -> None:
    meanings = [{word for word in ("not", "must", "never") if word in text.casefold().split()} for text in (one, other)]
    if is_surface_edit(one, other):
        assert meanings[0] == meanings[1]


WORDS = st.sampled_from(
    [
        "judge",
        "the",
        "lead",
        "and",
        "say",
        "why",
        "it",
        "is",
        "worth",
        "a",
        "call",
        "or",
        "not",
        "must",
        "never",
        "always",
        "3",
        "ten",
        "`x`",
        "{{y}}",
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=12), st.data())
def test_what_carries_meaning_cannot_be_taken_out_or_put_in(words: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(words)))
    weighty = data.draw(st.sampled_from(["not", "never", "must", "only", "7", "`z`", "{{z}}"]))
    if weighty in words:
        return
    more = [*words[:place], weighty, *words[place:]]
    assert not is_surface_edit(" ".join(words), " ".join(more))
    assert not is_surface_edit(" ".join(more), " ".join(words))
