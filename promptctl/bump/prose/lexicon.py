"""Words by what they do in an instruction. The sets are closed classes of English, not a dictionary."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NUMBERS = _words(
    "zero one two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred thousand million "
    "once twice thrice half quarter third dozen single double triple pair several few many both"
)
# Whether, how surely, how much and in which order: a swap of one of these changes what is asked for.
MEANING = NUMBERS | _words(
    "not no never none neither nor nothing nobody without cannot cant dont doesnt didnt isnt arent wasnt werent wont "
    "nowhere hardly barely scarcely nearly almost "
    "wouldnt shouldnt couldnt mustnt havent hasnt hadnt avoid refuse forbid forbidden prohibit prohibited exclude skip "
    "must shall should may might can could would will need needs required optional optionally mandatory recommended "
    "allow allowed always often sometimes usually rarely only just exactly precisely approximately about least most "
    "more less fewer all any each every some either and or but if unless until except when while before after first "
    "last next then else instead above below under over between within least up down in on out off with from "
    "minimum maximum min max ascending descending upper lower  increase decrease true false "
    "yes table list string number integer boolean array object"
)
# Forms of one small word, and words that are taken for each other: one in the place of another is a slip of grammar.
_CONFUSED = (
    "a an the",
    "is are was were be been being am",
    "has have had having",
    "do does did",
    "this that these those",
    "it its",
    "they them their there theyre",
    "you your youre yours",
    "we our ours us",
    "our are",
    "were where",
    "he him his",
    "she her hers",
    "who whom whose whos which",
    "to too",
    "of off",
    "by be",
    "than then",
    "in into",
    "on onto",
    "affect effect",
    "lose loose",
    "principle principal",
)
CONFUSED = tuple(map(_words, _CONFUSED))
GRAMMAR = frozenset().union(*CONFUSED)
# Such a word may be missing or one too many, and the sentence says the same.
FILLERS = _words("a an the of to that is are be")
_NEGATED = _words("do does did is are was were would should could must have has had ca wo")
# What is one word here and two there, without apostrophes; `were` and `well` may be words of their own.
CONTRACTIONS = {
    **{f"{verb}nt": ({"ca": "can", "wo": "will"}.get(verb, verb), "not") for verb in _NEGATED},
    **{
        f"{who}{end}": (who, verb)
        for who in ("you", "they")
        for end, verb in (("re", "are"), ("ve", "have"), ("ll", "will"))
    },
    "cannot": ("can", "not"),
    "weve": ("we", "have"),
    "ive": ("i", "have"),
    "im": ("i", "am"),
    "lets": ("let", "us"),
}
# Small words that make another word of the one they are joined to: a part is not apart, nor is `now here` nowhere.
JOINTS = FILLERS | _words("now here there some way part long head side for me so as per")
STUTTERS = frozenset(
    {("in", "into"), ("on", "onto"), ("a", "an"), ("up", "upon"), ("to", "towards"), ("with", "within")}
)
# What stands behind "keys" or "sections" and is none of them.
NO_NAMES = _words(
    "a an the of that which is are be must should may can for in with from to and or you your as by if when where on "
    "below above it its this these those each every all any not only have has their"
)
