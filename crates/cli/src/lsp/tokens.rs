//! The class of each word, for editors that colour by it.

use carousel_lang::reading::Class;
use lsp_types::{
    SemanticToken, SemanticTokenType, SemanticTokens, SemanticTokensLegend,
    SemanticTokensParams,
};

use super::Refusal;
use super::documents::Documents;

/// The protocol's names of classes; a token names one by its place here.
const TYPES: [SemanticTokenType; 11] = [
    SemanticTokenType::KEYWORD,
    SemanticTokenType::NAMESPACE,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::CLASS,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::ENUM_MEMBER,
    SemanticTokenType::TYPE_PARAMETER,
    SemanticTokenType::NUMBER,
    SemanticTokenType::STRING,
    SemanticTokenType::COMMENT,
    SemanticTokenType::VARIABLE,
];

/// What the numbers of tokens mean.
pub(super) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend { token_types: TYPES.to_vec(), token_modifiers: Vec::new() }
}

/// All words of a text.
///
/// # Errors
/// Where the text is not open.
pub(super) fn tokens(
    documents: &mut Documents,
    params: SemanticTokensParams,
) -> Result<SemanticTokens, Refusal> {
    let document = documents.get(&params.text_document)?;
    let mut data = Vec::new();
    let mut last = lsp_types::Position::default();
    for highlight in &document.analysis.highlights {
        let Some(token_type) = number(highlight.class) else { continue };
        let Some(range) = document.range(highlight.span) else { continue };
        let same_line = range.start.line == last.line;
        data.push(SemanticToken {
            delta_line: range.start.line - last.line,
            delta_start: range.start.character
                - if same_line { last.character } else { 0 },
            length: length(&document.text[highlight.span.range()]),
            token_type,
            token_modifiers_bitset: 0,
        });
        last = range.start;
    }
    Ok(SemanticTokens { result_id: None, data })
}

/// A token ends with its line; a lone `\r` ends one for editors, and a comment goes on.
fn length(word: &str) -> u32 {
    let line = word.split(['\r', '\n']).next().unwrap_or_default();
    u32::try_from(line.encode_utf16().count()).unwrap_or(u32::MAX)
}

fn number(class: Class) -> Option<u32> {
    Some(match class {
        Class::Verb | Class::Preposition | Class::Keyword => 0,
        Class::Source => 1,
        Class::Step | Class::Function => 2,
        Class::Layer | Class::Baseline => 3,
        Class::Option => 4,
        Class::View => 5,
        Class::Matrix => 6,
        Class::Number => 7,
        Class::Text => 8,
        Class::Comment => 9,
        Class::Name => 10,
        Class::Joint => return None,
    })
}
