"""The lexer says of every word of the examples what the language's own reader says."""

import json
import unittest
from importlib.metadata import entry_points
from pathlib import Path

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String, Text

from carousel_pygments import CarouselLexer

HERE = Path(__file__).parent
CLASSES = json.loads((HERE / "classes.json").read_text(encoding="utf-8"))

# The classes of the language as tokens of Pygments.
TOKENS = {
    "Verb": Keyword,
    "Preposition": Operator.Word,
    "Keyword": Keyword.Declaration,
    "Source": Name.Builtin,
    "Step": Name.Function,
    "Layer": Name.Class,
    "Baseline": Name.Builtin.Pseudo,
    "Option": Name.Attribute,
    "View": Name.Property,
    "Function": Name.Function.Magic,
    "Matrix": Name.Constant,
    "Number": Number,
    "Text": String,
    "Comment": Comment.Single,
    "Name": Name,
}
WORDS = set(TOKENS.values())


class Lexer(unittest.TestCase):
    def test_every_word_has_its_token(self):
        for program in CLASSES:
            with self.subTest(program["text"]):
                wanted = [(word, TOKENS[of]) for word, of in program["words"]]
                tokens = CarouselLexer().get_tokens(program["text"])
                found = [(word, token) for token, word in tokens if token in WORDS]
                self.assertEqual(found, wanted)

    def test_no_text_is_lost(self):
        texts = [program["text"] for program in CLASSES]
        for text in [*texts, "lstm ? 4", "load \"open", "cell\nh = ", "(((", "\\ é ’"]:
            tokens = CarouselLexer(stripnl=False, ensurenl=False).get_tokens(text)
            self.assertEqual("".join(word for _, word in tokens), text)

    def test_what_is_no_token_has_no_colour(self):
        tokens = list(CarouselLexer().get_tokens("lstm ? 4"))
        self.assertIn((Text, "?"), tokens)
        self.assertNotIn(Error, [token for token, _ in tokens])

    def test_minus_is_an_operator_in_a_cell_and_part_of_a_word_elsewhere(self):
        def tokens(text):
            return [found for found in CarouselLexer().get_tokens(text) if found[1].strip()]

        in_cell = tokens("cell a\n  h = tanh(c-W x)\nend")
        self.assertIn((Operator, "-"), in_cell)
        self.assertIn((Name, "c"), in_cell)
        self.assertIn((Name.Attribute, "recurrent-dropout"),
                      tokens("lstm 4 recurrent-dropout 0.2"))
        self.assertIn((Number, "-3"), tokens("predict m on [-3 4]"))

    @unittest.skipUnless(
        "carousel" in entry_points(group="pygments.lexers").names,
        "the package is not installed",
    )
    def test_pygments_finds_it(self):
        self.assertIsInstance(get_lexer_by_name("lstm"), CarouselLexer)


if __name__ == "__main__":
    unittest.main()
