"""Highlights `.lstm` files: a text goes in, tokens of Pygments come out.

The states follow the grammar of the language: a word is a layer after `->`, a data step
after `|`, and an option after either. In the block of a `cell`, `-` is always minus.
"""

import re

from pygments.lexer import RegexLexer, bygroups, default, include
from pygments.lexer import words as any_of
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    Whitespace,
)

from . import words as known

__all__ = ["CarouselLexer"]

# Python's `\w` has no marks; those stand inside words of many scripts.
LETTER = r"[^\W\d_]"
INNER = r"[\w\u0300-\u036f\u093c\u094d\u09bc\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0e47-\u0e4e]"
NAME = rf"{LETTER}{INNER}*"
WORD = rf"{NAME}(?:-{NAME})*"
SPACE = r"[ \t\r]"
UNSIGNED = r"\d+(?:\.(?!\.)\d+)?(?:[eE][+-]?\d+)?"
NUMBER = rf"-?{UNSIGNED}"
# A statement goes on after a line that joins, and on a line that begins with a joint.
GOES_ON = r"\n(?=\s*(?:\||->|=>|,))"


def some(*lists):
    """Any of the words, whole."""
    every = sorted({word for each in lists for word in each})
    return any_of(every, prefix=rf"(?<!{INNER})", suffix=rf"(?!{INNER}|-{LETTER})")


class CarouselLexer(RegexLexer):
    """The language for recurrent networks."""

    name = "Carousel"
    aliases = ["carousel", "lstm"]
    filenames = ["*.lstm"]
    mimetypes = ["text/x-carousel"]
    flags = re.MULTILINE

    tokens = {
        "root": [
            (r"\s+", Whitespace),
            (r"#.*", Comment.Single),
            (rf"(cell)({SPACE}+)(?={LETTER})", bygroups(Keyword.Declaration, Whitespace),
             ("cell", "cell-name")),
            (rf"(data|model)({SPACE}+)({WORD})(?={SPACE}*=(?!>))",
             bygroups(Keyword.Declaration, Whitespace, Name), "rest"),
            (rf"{WORD}(?={SPACE}*=(?!>))", Name, "rest"),
            default("body"),
        ],
        # Right of `=`, or at the beginning of a line without one.
        "body": [
            include("space"),
            (rf"(set)({SPACE}+)({WORD})",
             bygroups(Keyword, Whitespace, Name.Attribute), ("#pop", "rest")),
            (rf"(help)({SPACE}+)(?={LETTER})", bygroups(Keyword, Whitespace),
             ("#pop", "rest", "explained")),
            (some(known.VERBS), Keyword, ("#pop", "subject")),
            default(("#pop", "value")),
        ],
        # After a verb: perhaps a view, then what the verb acts on.
        "subject": [
            include("space"),
            (rf"{WORD}(?=(?:{SPACE}+{WORD})*{SPACE}+of\b)", Name.Property),
            (r"of\b", Operator.Word, ("#pop", "value")),
            (some(known.PREPOSITIONS), Operator.Word, ("#pop", "operand")),
            (some(set(known.VIEWS) - set(known.SOURCES) - set(known.LAYERS)
                  - set(known.BASELINES)), Name.Property, ("#pop", "rest")),
            default(("#pop", "value")),
        ],
        # The beginning of a chain or a pipe.
        "value": [
            include("space"),
            (some(known.SOURCES), Name.Builtin, ("#pop", "rest")),
            (some(known.LAYERS), Name.Class, ("#pop", "rest")),
            (some(known.BASELINES), Name.Builtin.Pseudo, ("#pop", "rest")),
            (r"\(", Punctuation),
            (WORD, Name, ("#pop", "rest")),
            default(("#pop", "rest")),
        ],
        "step": [
            (r"\s+", Whitespace),
            (r"#.*", Comment.Single),
            (some(known.STEPS), Name.Function, ("#pop", "rest")),
            (WORD, Name, ("#pop", "rest")),
            default(("#pop", "rest")),
        ],
        "layer": [
            (r"\s+", Whitespace),
            (r"#.*", Comment.Single),
            (some(known.LAYERS), Name.Class, ("#pop", "rest")),
            (r"\(", Punctuation, ("#pop", "value")),
            (WORD, Name, ("#pop", "rest")),
            default(("#pop", "rest")),
        ],
        # Behind `help`: any word of the language.
        "explained": [
            (some(known.VERBS), Keyword, "#pop"),
            (some(known.PREPOSITIONS), Operator.Word, "#pop"),
            (some(known.SOURCES), Name.Builtin, "#pop"),
            (some(known.STEPS), Name.Function, "#pop"),
            (some(known.LAYERS), Name.Class, "#pop"),
            (some(known.BASELINES), Name.Builtin.Pseudo, "#pop"),
            (some(known.OPTIONS), Name.Attribute, "#pop"),
            default("#pop"),
        ],
        # Behind `on`, `to`, `with`.
        "operand": [
            include("space"),
            (some(known.OPTIMISERS), Name.Attribute, ("#pop", "rest")),
            default(("#pop", "value")),
        ],
        # Options, prepositions, joints, numbers.
        "rest": [
            include("space"),
            (r"\n", Whitespace, "#pop"),
            (r"->|=>", Operator, ("#pop", "layer")),
            (r"\|", Operator, ("#pop", "step")),
            (r"<=|>=|<|>", Operator, ("#pop", "value")),
            (r"=", Operator, ("#pop", "after-joint", "body")),
            (r",", Punctuation, ("#pop", "after-joint", "value")),
            (r"\(", Punctuation, ("#pop", "value")),
            (r"[\[{]", Punctuation, "list"),
            (r"[)\]}]", Punctuation),
            (rf"x(?={SPACE}+\d)", Keyword.Declaration),
            (r"beats\b", Keyword.Declaration, ("#pop", "value")),
            (rf"(as)({SPACE}+)(features)(?!{INNER})",
             bygroups(Name.Attribute, Whitespace, Name.Attribute)),
            (some(known.PREPOSITIONS), Operator.Word, ("#pop", "operand")),
            (some(known.OPTIONS), Name.Attribute),
            include("literals"),
            (WORD, Name),
            (r".", Text),
        ],
        "after-joint": [(r"\s+", Whitespace), default("#pop")],
        "list": [
            (r"\s+", Whitespace),
            (r"#.*", Comment.Single),
            (r"[\[{]", Punctuation, "#push"),
            (r"[\]}]", Punctuation, "#pop"),
            include("literals"),
            (WORD, Name),
            (r".", Text),
        ],
        "cell-name": [(WORD, Name, "#pop"), default("#pop")],
        "cell": [
            (rf"(\s*\n{SPACE}*)(end)(?={SPACE}*(?:#|$))",
             bygroups(Whitespace, Keyword.Declaration), "#pop"),
            (rf"(\s*\n{SPACE}*)(gives)(?={SPACE}+{LETTER})",
             bygroups(Whitespace, Keyword.Declaration)),
            (r"\s+", Whitespace),
            (r"#.*", Comment.Single),
            (rf"starts(?={SPACE}+-?\d)", Keyword.Declaration),
            (any_of(known.FUNCTIONS, suffix=rf"(?={SPACE}*\()"), Name.Function.Magic),
            (UNSIGNED, Number),
            (r"[-+*/=]", Operator),
            (r"[(),]", Punctuation),
            (NAME, lambda lexer, match: iter([(
                match.start(),
                Name.Constant if match.group()[0].isupper() else Name,
                match.group(),
            )])),
            (r".", Text),
        ],
        "space": [
            (rf"{SPACE}+", Whitespace),
            (GOES_ON, Whitespace),
            (r"#.*", Comment.Single),
        ],
        "literals": [
            (r'"(?:[^"\\\n]|\\[nt"\\])*"', String),
            (rf"{NUMBER}\.\.{NUMBER}", Number),
            (rf"{NUMBER}%", Number),
            (rf"{UNSIGNED}[sm](?!{INNER})", Number),
            (NUMBER, Number),
        ],
    }
