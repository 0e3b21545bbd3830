"""Files that are broken, each in its own way: the rule that must say so, and the line that it must name."""

from __future__ import annotations

from typing import NamedTuple

MIB = 1024 * 1024
VERSION_HEAD = "---\nname: NAME\nversion: 1.0.0\npurpose: Decide whether a lead is worth a call.\n"
VERSION_NEXT = 5  # the line after the head
MANIFEST_HEAD = "name: NAME\nowner: team@example.com\nrecommended: 1.0.0\n"
MANIFEST_NEXT = 4
ESCAPE = "\x1b"


class Broken(NamedTuple):
    """`name` is the prompt's name too; `NAME` in the bytes stands for it. Without a line the whole file is meant."""

    name: str
    data: bytes
    rule: str = "metadata-invalid"
    line: int | None = VERSION_NEXT

    @property
    def content(self) -> bytes:
        return self.data.replace(b"NAME", self.name.encode())


def front(more: str, body: str = "Judge the lead.\n") -> bytes:
    """A version file with more lines of front matter, and bytes that are no UTF-8 as surrogate escapes."""
    return f"{VERSION_HEAD}{more}\n---\n{body}".encode(errors="surrogateescape")


def nested(opening: str, closing: str, depth: int) -> str:
    return f"{opening * depth}true{closing * depth}"


# What the strict reader of YAML refuses: wherever one of these stands behind other keys, its first line is line 1.
STRICT: tuple[tuple[str, str, int], ...] = (
    ("duplicate-key", "model: a\ntags: [b]\nmodel: c", 3),
    ("duplicate-key-quoted", "model: a\n'model': c", 2),
    ("duplicate-key-in-flow", 'metadata: {"😀": 1, "😀": 2}', 1),
    ("duplicate-long-key", f"metadata:\n  ? {'k' * 100_000}\n  : 1\n  ? {'k' * 100_000}\n  : 2", 4),
    ("alias", "model: &model one\ndecision: *model", 2),
    ("alias-bomb", "metadata:\n  a: &a [x, x, x]\n  b: &b [*a, *a, *a]\n  c: &c [*b, *b, *b]", 3),
    ("merge-key", "metadata:\n  a: &a {b: 1}\n  c:\n    <<: *a", 4),
    ("custom-tag", "model: !secret one", 1),
    ("python-tag", "model: !!python/object/apply:os.system ['exit 1']", 1),
    ("binary-tag", "model: !!binary aGk=", 1),
    ("number-tag", "metadata: {a: !!float 1}", 1),
    ("text-tag-on-a-list", "tags: !!str [a]", 1),
    ("long-tag", f"model: !{'x' * 100_000} one", 1),
    ("list-as-key", "metadata:\n  ? [a, b]\n  : c", 2),
    ("mapping-as-key", "metadata: {{a: b}: c}", 1),
    ("tab-as-indent", "metadata:\n\ta: 1", 2),
    ("bad-indent", "metadata:\n    a: 1\n  b: 2", 3),
    ("no-colon", "model one\ntags: [a]", 2),
    ("two-colons", "model: one: two", 1),
    ("stray-bracket", "tags: a]\nmetadata: ]", 2),
    ("reserved-character", "model: @one", 1),
    ("bad-escape", 'model: "\\q"', 1),
    ("brackets", f"metadata: {'[' * 100_000}", 1),
    ("braces", f"metadata: {'{a: ' * 5_000}", 1),
    ("dashes", f"metadata:\n  {'- ' * 5_000}", 2),
    ("question-marks", f"metadata:\n  {'? ' * 5_000}", 2),
    ("many-quotes", f"model: {chr(34) * 1_000_000}", 1),
    ("many-closing-brackets", f"model: {']' * 1_000_000}", 1),
    ("many-tabs", f"{chr(9) * 1_000_000}model: a", 1),
    ("null-character", "model: a\0b", 1),
    ("escape-character", f"model: a\ntags: [b{ESCAPE}[31m]", 2),
    ("delete-character", "model: a\x7fb", 1),
    ("c1-character", "model: a\x9bb", 1),
    ("no-character", "model: a\ufffeb", 1),
    ("byte-order-mark-in-front", "\ufeffmodel: a", 1),
    ("byte-order-mark-behind-a-comment", "# a\n\ufeffmodel: a", 2),
)

_SEPARATORS = (("next-line", "\x85"), ("line-separator", "\u2028"), ("paragraph-separator", "\u2029"))

_FRONT = (
    ("unknown-key", "purposes: x", 1),
    ("unknown-key-below", "output:\n  fromat: json", 2),
    ("text-for-a-list", "tags: sales", 1),
    ("list-for-a-mapping", "input: []", 1),
    ("mapping-for-a-list", "regimes: {hipaa: true}", 1),
    ("nothing-for-a-mapping", "output:", 1),
    ("yes-is-text", "output: {format: yes}", 1),
    ("engine-unknown", "template: jinja", 1),
    ("summary-of-two-lines", "summary: |\n  one\n  two", 1),
    ("summary-long-and-of-two-lines", f"summary: |\n  {'a' * 1_000_000}\n  two", 1),
    ("date-in-words", "emergency: {reason: safety, incident: INC-1, declared: tomorrow}", 1),
    ("same-tag-twice", "tags: [a, b, a]", 1),
    ("many-unknown-keys", "\n".join(f"key{number}: 1" for number in range(4_000)), 1),
    ("many-mappings-for-text", f"tags: [{', '.join(f'{{a: {number}}}' for number in range(4_000))}]", 1),
    ("schema-of-unknown-type", "input: {schema: {type: strnig}}", 1),
    ("schema-that-is-text", "output:\n  schema: text", 2),
    ("schema-too-deep", f"input: {{schema: {nested('{items: ', '}', 70)}}}", 1),
    (
        "schema-with-mixed-names",
        f"input: {{schema: {{required: [{{}}, {', '.join(f'a{number}' for number in range(20_000))}]}}}}",
        1,
    ),
    ("schema-with-many-faults", f"input: {{schema: {{allOf: [{', '.join(['3'] * 20_000)}]}}}}", 1),
    *((f"{name}-before", f"model: a{character}b\nbogus: 1", 2) for name, character in _SEPARATORS),
    *((f"{name}-in-a-comment", f"# a{character}bogus: 1\nbogus: 1", 2) for name, character in _SEPARATORS),
    *((f"{name}-in-quotes", f'model: "a{character}b"\nbogus: 1', 2) for name, character in _SEPARATORS),
)

_NUMBERS = ("1.10", "010", "0x1F", "1:30", "on", "1e3", "1.0", "٣.0.0", "9" * 5_000)

_WHOLE = (
    Broken("empty-file", b"", "metadata-missing", 1),
    Broken(
        "reason-not-lawful",
        front('emergency: {incident: "😀😀", reason: hurry, declared: 2026-11-22}'),
        "emergency-reason",
        VERSION_NEXT,
    ),
    Broken("no-front-matter", b"You are an assistant.\n", "metadata-missing", 1),
    Broken("front-matter-without-end", b"---\nname: NAME\n", "metadata-missing", 1),
    Broken("nothing-but-an-opening", b"---\n", "metadata-missing", 1),
    Broken("blank-line-first", b"\n---\nname: NAME\n---\n", "metadata-missing", 1),
    Broken("end-with-a-space", b"---\nname: NAME\n--- \nBody\n", "metadata-missing", 1),
    Broken("front-matter-empty", b"---\n---\nBody\n", "metadata-invalid", 2),
    Broken("front-matter-of-comments", b"---\n# name\n---\nBody\n", "metadata-invalid", 2),
    Broken("front-matter-list", b"---\n- name\n---\nBody\n", "metadata-invalid", 2),
    Broken("front-matter-text", b"---\nname\n---\nBody\n", "metadata-invalid", 2),
    Broken("purpose-missing", b"---\nname: NAME\nversion: 1.0.0\n---\nBody\n", "metadata-invalid", 2),
    Broken("latin-1", front("model: a", "caf\udce9\n"), "unreadable-file", None),
    Broken("utf-16", "---\nname: NAME\n---\n".encode("utf-16"), "unreadable-file", None),
    Broken("encoded-surrogate", front("model: a\udced\udca0\udc80"), "unreadable-file", None),
    Broken("overlong-slash", front("model: a\udcc0\udcaf"), "unreadable-file", None),
    Broken("truncated-character", front("model: a")[:-1] + b"\xf0\x9f\x98", "unreadable-file", None),
    Broken("byte-order-mark", b"\xef\xbb\xbf" + front("model: a"), "unreadable-file", None),
    Broken("windows-line-ends", front("model: a").replace(b"\n", b"\r\n"), "unreadable-file", 1),
    Broken("lone-carriage-return", front("# a\rtags: [b]"), "unreadable-file", VERSION_NEXT),
    Broken("null-in-the-body", front("model: a", "One\nTwo\0\n"), "unreadable-file", VERSION_NEXT + 3),
    Broken("too-large", front("model: a", "x" * MIB), "unreadable-file", None),
    Broken("hidden-in-body", front("model: a", "One\nTwo\u200b\n"), "hidden-characters", VERSION_NEXT + 3),
    Broken("hidden-in-front", front("model: a\u202eb"), "hidden-characters", VERSION_NEXT),
    Broken("template-not-closed", front("template: jinja2", "One\n{% if\n"), "template-invalid", None),
)

VERSIONS: tuple[Broken, ...] = (
    *(Broken(name, front(text), line=VERSION_NEXT + line - 1) for name, text, line in (*STRICT, *_FRONT)),
    *(Broken(f"number-{n}", front(f"supersedes: {text}"), "invalid-version") for n, text in enumerate(_NUMBERS)),
    *_WHOLE,
)

# Odd, and lawful all the same.
LAWFUL: tuple[tuple[str, bytes], ...] = tuple(
    (name, data.replace(b"NAME", name.encode()))
    for name, data in (
        ("large-number", front(f"config: {{a: {'9' * 308}, b: {'9' * 5_000}, c: 1e400, d: -1e400, e: 1e-400}}")),
        ("no-number", front("config: {a: .inf, b: -.Inf, c: .NaN, d: 0x1F, e: 010, f: 1:30, g: 2026-11-22}")),
        ("switches-are-text", front("tags: [on, off, yes, no, y, n, true, null, 1.10]\nmodel: 1.10")),
        ("anchor-without-alias", front("metadata: {a: &a 1, b: ! 1.10, c: !!str 1.10}")),
        ("null-in-quotes", front('metadata: {a: "\\0\\x1b[31m\\u2028\\N"}')),
        (
            "remote-schema",
            front("input: {schema: {$ref: 'https://example.invalid/a', $schema: 'https://example.invalid/b'}}"),
        ),
        ("schema-of-itself", front("output: {schema: {$ref: '#', $defs: {a: {$ref: '#/$defs/a'}}}}")),
        ("slow-pattern", front(f"output: {{schema: {{pattern: '^(a|a)*$', default: {'a' * 5_000}!}}}}")),
        ("bad-pattern", front("output: {schema: {pattern: '(', patternProperties: {'[': true}}}")),
        ("deep-schema", front(f"output: {{schema: {nested('{items: ', '}', 55)}}}")),
        ("long-line", front("model: a", "word " * 40_000)),
        ("long-purpose", front("model: a").replace(b"a lead", b"a lead " * 30_000)),
        ("front-matter-in-body", front("model: a", "---\nname: other\n---\n--- \n...\n%YAML 1.1\n")),
        ("empty-body", front("model: a", "")),
        ("no-final-newline", front("model: a", "Judge the lead.")),
        ("separators-in-body", front("model: a", "a\x85b\u2028c\u2029d\x0be\x0cf\n")),
        ("braces-in-body", front("model: a", "{ } {{ }} {{ no variable }} {% raw %} {# #} {{{x}}} {{\n")),
        ("emoji", front("model: 👩🏽\u200d🚀", "👨\u200d👩\u200d👧\u200d👦 \u0645\u06cc\u200c\u062e\n")),
    )
)

MANIFESTS: tuple[Broken, ...] = (
    *(
        Broken(f"manifest-{name}", f"{MANIFEST_HEAD}{text}\n".encode(), line=MANIFEST_NEXT + line - 1)
        for name, text, line in (
            *(item for item in STRICT if "front" not in item[0]),
            ("unknown-key", "owners: a", 1),
            ("deprecated-list", "deprecated: [1.0.0]", 1),
            ("deprecated-in-words", "deprecated:\n  soon: {reason: Old.}", 2),
            (
                "deprecated-without-end",
                "deprecated:\n  1.0.0: {reason: Old., remove-after: never}",
                2,
            ),
            (
                "deprecated-thousandfold",
                "deprecated:\n" + "".join(f"  1.0.{n}: x\n" for n in range(4_000)),
                2,
            ),
        )
    ),
    Broken("manifest-empty", b"", line=1),
    Broken("manifest-of-comments", b"# nothing\n", line=1),
    Broken("manifest-list", b"- name\n", line=1),
    Broken("manifest-text", b"name\n", line=1),
    Broken("manifest-two-documents", f"{MANIFEST_HEAD}---\n{MANIFEST_HEAD}".encode(), line=MANIFEST_NEXT),
    Broken("manifest-directive", f"%YAML 1.1\n---\n{MANIFEST_HEAD}".encode(), line=1),
    Broken("manifest-number-as-name", b"name: 7\nowner: a\n", "name-mismatch", 1),
    Broken("manifest-latin-1", MANIFEST_HEAD.encode() + b"# caf\xe9\n", "unreadable-file", None),
    Broken("manifest-byte-order-mark", b"\xef\xbb\xbf" + MANIFEST_HEAD.encode(), "unreadable-file", None),
    Broken("manifest-windows-line-ends", MANIFEST_HEAD.encode().replace(b"\n", b"\r\n"), "unreadable-file", 1),
    Broken("manifest-too-large", MANIFEST_HEAD.encode() + b"#" * MIB, "unreadable-file", None),
)

POLICIES: tuple[tuple[str, bytes, int | None], ...] = (
    *((name, f"protected: [main]\n{text}\n".encode(), line + 1) for name, text, line in STRICT[:13]),
    ("unknown-key", b"protected: [main]\nenviroments: [production]\n", 2),
    ("protected-empty", b"protected: []\n", 1),
    ("path-upwards", b"paths: {templates: ../elsewhere}\n", 1),
    ("path-of-the-system", b"paths: {templates: /etc}\n", 1),
    ("rule-unknown", b"rules:\n  no-such-rule: error\n", 2),
    (
        "rule-too-many",
        b"rules:\n"
        + b"".join(b"  rule-%c%c%c: off\n" % (97 + n % 26, 97 + n // 26 % 26, 97 + n // 676) for n in range(2_000)),
        2,
    ),
    ("waiver-without-reason", b"waivers:\n  - {rule: name-mismatch, path: a, until: 2027-01-01}\n", 2),
    ("limit-in-words", b"flags: {max-lifetime: long}\n", 1),
    ("list", b"- protected\n", 1),
    ("latin-1", b"# caf\xe9\n", None),
    ("byte-order-mark", b"\xef\xbb\xbfprotected: [main]\n", None),
    ("windows-line-ends", b"protected: [main]\r\n", 1),
    ("null", b"protected: [main]\0\n", 1),
)
