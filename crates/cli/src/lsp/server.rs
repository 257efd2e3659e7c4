//! What the server can do, and who does it: requests and notices go in by their method,
//! answers come out.

use lsp_server::{ErrorCode, Notification, Request, Response};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions,
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    HoverProviderCapability, InitializeResult, OneOf, PublishDiagnosticsParams,
    RenameOptions, SaveOptions, SemanticTokensFullOptions, SemanticTokensOptions,
    SemanticTokensServerCapabilities, ServerCapabilities, ServerInfo,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, WorkDoneProgressOptions,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::documents::Documents;
use super::{Refusal, complete, diagnostics, hover, outline, rename, tokens, told};

/// What `initialize` is answered.
pub(super) fn abilities() -> InitializeResult {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::FULL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions::default())),
        ..TextDocumentSyncOptions::default()
    };
    let letters = |letters: &str| Some(letters.chars().map(String::from).collect());
    let capabilities = ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        inlay_hint_provider: Some(OneOf::Left(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: letters(" |>\""),
            ..CompletionOptions::default()
        }),
        code_action_provider: Some(CodeActionProviderCapability::Options(
            CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
                ..CodeActionOptions::default()
            },
        )),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        semantic_tokens_provider: Some(
            SemanticTokensServerCapabilities::SemanticTokensOptions(
                SemanticTokensOptions {
                    legend: tokens::legend(),
                    full: Some(SemanticTokensFullOptions::Bool(true)),
                    ..SemanticTokensOptions::default()
                },
            ),
        ),
        ..ServerCapabilities::default()
    };
    let info = ServerInfo {
        name: "carousel".to_owned(),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
    };
    InitializeResult { capabilities, server_info: Some(info) }
}

/// A server that the editor has greeted.
#[derive(Default)]
pub(super) struct Server {
    documents: Documents,
}

impl Server {
    /// Answers a request.
    pub(super) fn answer(&mut self, request: Request) -> Response {
        match request.method.as_str() {
            "textDocument/hover" => self.ask(request, hover::hover),
            "textDocument/inlayHint" => self.ask(request, hover::ghosts),
            "textDocument/completion" => self.ask(request, complete::complete),
            "textDocument/codeAction" => self.ask(request, diagnostics::actions),
            "textDocument/formatting" => self.ask(request, outline::format),
            "textDocument/documentSymbol" => self.ask(request, outline::symbols),
            "textDocument/definition" => self.ask(request, rename::definition),
            "textDocument/references" => self.ask(request, rename::references),
            "textDocument/prepareRename" => self.ask(request, rename::prepare),
            "textDocument/rename" => self.ask(request, rename::rename),
            "textDocument/semanticTokens/full" => self.ask(request, tokens::tokens),
            method => {
                let why = format!("`{method}` is not known here");
                Response::new_err(request.id, ErrorCode::MethodNotFound as i32, why)
            }
        }
    }

    fn ask<P: DeserializeOwned, R: Serialize>(
        &mut self,
        request: Request,
        answer: impl FnOnce(&mut Documents, P) -> Result<R, Refusal>,
    ) -> Response {
        let refuse = |code: ErrorCode, why| {
            Response::new_err(request.id.clone(), code as i32, why)
        };
        match serde_json::from_value(request.params) {
            Err(error) => refuse(ErrorCode::InvalidParams, error.to_string()),
            Ok(params) => match answer(&mut self.documents, params) {
                Ok(result) => Response::new_ok(request.id, result),
                Err(Refusal(why)) => refuse(ErrorCode::RequestFailed, why),
            },
        }
    }

    /// Takes what the editor tells; what cannot be read or is not known is left, as the
    /// protocol has no answer to it. Gives what is to be said of texts then.
    pub(super) fn notice(&mut self, notice: Notification) -> Vec<Notification> {
        let said = match notice.method.as_str() {
            "textDocument/didOpen" => {
                read(notice).map(|open: DidOpenTextDocumentParams| {
                    let document = open.text_document;
                    let put =
                        self.documents.put(document.uri, document.version, document.text);
                    vec![diagnostics::publish(put)]
                })
            }
            "textDocument/didChange" => {
                read(notice).map(|change| self.change(change).into_iter().collect())
            }
            "textDocument/didClose" => {
                read(notice).map(|closed: DidCloseTextDocumentParams| {
                    let uri = closed.text_document.uri;
                    self.documents.close(&uri);
                    vec![PublishDiagnosticsParams::new(uri, Vec::new(), None)]
                })
            }
            // Another text may use the one that was saved.
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {
                let refreshed = self.documents.all().map(|document| {
                    document.refresh();
                    diagnostics::publish(document)
                });
                Some(refreshed.collect())
            }
            _ => None,
        };
        let method = "textDocument/publishDiagnostics";
        said.into_iter().flatten().map(|params| told(method, params)).collect()
    }

    /// Takes the new text of an open one.
    fn change(
        &mut self,
        change: DidChangeTextDocumentParams,
    ) -> Option<PublishDiagnosticsParams> {
        let named = lsp_types::TextDocumentIdentifier { uri: change.text_document.uri };
        self.documents.get(&named).ok()?;
        // The server has asked for whole texts; the last one counts.
        let text = change.content_changes.into_iter().rfind(|c| c.range.is_none())?.text;
        let document = self.documents.put(named.uri, change.text_document.version, text);
        Some(diagnostics::publish(document))
    }
}

fn read<P: DeserializeOwned>(notice: Notification) -> Option<P> {
    serde_json::from_value(notice.params).ok()
}
