//! The language of Carousel: from text to a syntax tree, messages, and back to text.
//! Pure: nothing here reads files or knows what a number means.
//!
//! ```ebnf
//! program   = { line } ;
//! line      = [ statement ] [ "#" text ] newline ;
//! (* A line that starts with | -> => or , continues the line above; so does one after a
//!    line that ends with | -> => , or "=", and anything inside brackets. *)
//! statement = binding | cell | command | value ;
//! binding   = [ "data" | "model" ] name "=" ( command | value ) ;
//! value     = part { ( "|" | "->" | "=>" ) part } ;      (* "|" and "->" never mix *)
//! part      = ( word { arg } | "(" value ")" | list | number | string ) [ "x" integer ] ;
//! arg       = word | number | percent | range | duration | string | list | choice ;
//! command   = verb [ view "of" ] [ value { "," value } ] { clause | option } [ test ] ;
//! view      = word { word } ;
//! clause    = preposition operand ;
//! operand   = word { number } | number | string | list | "(" value ")" ;
//! option    = word [ arg ] ;
//! test      = ( "<" | ">" | "<=" | ">=" | "beats" ) ( number | percent | value ) ;
//! cell      = "cell" name newline
//!             { equation | "gives" name newline | name "starts" number newline } "end" ;
//! equation  = name "=" sum newline ;
//! sum       = term { ( "+" | "-" ) term } ;
//! term      = product { ( "*" | "/" ) product } ;        (* element by element *)
//! product   = factor { factor } ;                        (* matrix times vector *)
//! factor    = number | name | function "(" sum { "," sum } ")" | "(" sum ")" | "-" factor ;
//! number    = [ "-" ] digits [ "." digits ] [ "e" [ "-" | "+" ] digits ] ;
//! percent   = number "%" ;   range = number ".." number ;   duration = number ( "s" | "m" ) ;
//! list      = "[" { arg } "]" ;   choice = "{" { arg } "}" ;
//! word      = letter { letter | digit | "_" } { "-" letter { letter | digit } } ;
//! (* Letters are those of any script, with their accents and marks. *)
//! ```
//!
//! ```
//! use carousel_lang::{Sources, parse, print};
//!
//! let mut sources = Sources::default();
//! let (program, messages) = parse(sources.add("<line 1>", "lstm 4->dense 1"));
//! assert!(messages.is_empty());
//! assert_eq!(print(&program), "lstm 4 -> dense 1\n");
//!
//! let (_, messages) = parse(sources.add("<line 2>", "airline -> window 3"));
//! assert_eq!(messages[0].hint.as_deref(), Some("airline | window 3"));
//! ```

mod alphabet;
pub mod ast;
mod diagnostic;
mod lexer;
mod parse;
mod print;
pub mod reading;
mod render;
mod source;
pub mod vocabulary;

pub use diagnostic::{Diagnostic, Fix, Label, Severity};
pub use parse::parse;
pub use print::{print, print_command, print_expression, print_value};
pub use source::{Source, SourceId, Sources, Span};
