//! C entry points of grammars: which tokens may come next in an answer.

use std::os::raw::c_int;
use std::sync::{Arc, Mutex};

use llguidance::api::TopLevelGrammar;
use llguidance::{Matcher, ParserFactory};
use tokenizers::Tokenizer;
use toktrie::{InferenceCapabilities, TokEnv, TokRxInfo, TokTrie, TokenId, TokenizerEnv};

use crate::boundary::{guard, slice, Failure, Outcome, OwnedString, View};
use crate::token_bytes::{token_bytes, Spelling};
use crate::tokenizer::Handle as TokenizerHandle;

/// A tokenizer's tokens, sorted by their bytes.
struct Tokens {
    trie: TokTrie,
    tokenizer: Tokenizer,
    canonical: bool,
}

impl Tokens {
    fn encode(&self, text: &str) -> Vec<TokenId> {
        let encoded = self.tokenizer.encode_fast(text, false);
        let ids = encoded.map(|encoding| encoding.get_ids().to_vec()).unwrap_or_default();
        // A normaliser may have changed the text; what a grammar demands has to come out.
        if self.trie.decode_raw(&ids) == text.as_bytes() {
            ids
        } else {
            self.trie.greedy_tokenize(text.as_bytes())
        }
    }
}

impl TokenizerEnv for Tokens {
    fn tok_trie(&self) -> &TokTrie {
        &self.trie
    }
    fn tokenize_bytes(&self, bytes: &[u8]) -> Vec<TokenId> {
        self.trie.tokenize_with_greedy_fallback(bytes, |text| self.encode(text))
    }
    fn tokenize_is_canonical(&self) -> bool {
        self.canonical
    }
}

pub struct Vocabulary {
    factory: ParserFactory,
    ends: Vec<TokenId>,
    drops_first_space: bool,
}

pub struct Grammar {
    fresh: Mutex<Matcher>,
    ends: Vec<TokenId>,
}

pub struct Row {
    matcher: Matcher,
    ends: Vec<TokenId>,
}

/// The first line: what follows quotes the whole grammar.
fn refused(error: impl std::fmt::Display) -> Failure {
    let text = error.to_string();
    Failure::BadInput(text.split("\n").next().unwrap_or_default().to_string())
}

impl Vocabulary {
    fn open(tokenizer: &Tokenizer, ends: Vec<TokenId>) -> Outcome<Self> {
        let spelling = Spelling::of(tokenizer)?;
        let bytes = token_bytes(tokenizer, &spelling, &ends);
        let first = *ends.first().ok_or_else(|| refused("the model has no end token"))?;
        let trie = TokTrie::from(&TokRxInfo::new(bytes.len() as u32, first), &bytes)
            .with_eos_tokens(&ends);
        let mut tokenizer = tokenizer.clone();
        tokenizer.set_encode_special_tokens(true);
        let canonical = spelling.is_byte_level();
        let env: TokEnv = Arc::new(Tokens { trie, tokenizer, canonical });
        let mut factory = ParserFactory::new(
            &env,
            InferenceCapabilities::default(),
            &llguidance::earley::SlicedBiasComputer::general_slices(),
        )
        .map_err(refused)?;
        factory.quiet();
        let limits = factory.limits_mut();
        limits.verbose_errors = false;
        limits.step_lexer_fuel *= 20;
        limits.step_max_items *= 20;
        Ok(Vocabulary { factory, ends, drops_first_space: spelling.drops_first_space })
    }

    fn compile(&self, lark: &str) -> Outcome<Grammar> {
        let start = if self.drops_first_space { "start: / ?/ answer" } else { "start: answer" };
        let parser = self
            .factory
            .create_parser(TopLevelGrammar::from_lark(format!("{start}\n{lark}")))
            .map_err(refused)?;
        let fresh = Matcher::new(Ok(parser));
        match fresh.get_error() {
            Some(error) => Err(refused(error)),
            None => Ok(Grammar { fresh: Mutex::new(fresh), ends: self.ends.clone() }),
        }
    }
}

impl Row {
    /// Sets the bits of the tokens that may come next, end tokens apart; whether the answer is
    /// complete.
    fn fill(&mut self, words: &mut [u32]) -> Outcome<bool> {
        words.fill(0);
        if self.matcher.is_stopped() {
            return match self.matcher.get_error() {
                None if self.matcher.stop_reason().is_ok() => Ok(true),
                error => Err(refused(error.unwrap_or_else(|| "the grammar is at a loss".into()))),
            };
        }
        let mut mask = self.matcher.compute_mask().map_err(refused)?;
        for &end in &self.ends {
            mask.disallow_token(end);
        }
        // A mask may have a word more than its tokens need.
        let count = words.len().min(mask.as_slice().len());
        words[..count].copy_from_slice(&mask.as_slice()[..count]);
        self.matcher.is_accepting().map_err(refused)
    }
}

/// # Safety
/// Pointers must be as the C header says; so for every function below.
#[no_mangle]
pub unsafe extern "C" fn tuneval_vocabulary_open(
    tokenizer: *const TokenizerHandle,
    ends: *const i64,
    count: usize,
    out: *mut *mut Vocabulary,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        let ends = slice(ends, count).iter().filter_map(|&id| u32::try_from(id).ok()).collect();
        let vocabulary = Vocabulary::open((*tokenizer).tokenizer(), ends)?;
        out.write(Box::into_raw(Box::new(vocabulary)));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_vocabulary_free(handle: *mut Vocabulary) {
    free(handle);
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_grammar_open(
    vocabulary: *const Vocabulary,
    lark: View,
    out: *mut *mut Grammar,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        let grammar = (*vocabulary).compile(lark.text()?)?;
        out.write(Box::into_raw(Box::new(grammar)));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_grammar_free(handle: *mut Grammar) {
    free(handle);
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_grammar_start(
    grammar: *const Grammar,
    out: *mut *mut Row,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        let fresh = (*grammar).fresh.lock().map_err(refused)?;
        let row = Row { matcher: fresh.clone(), ends: (*grammar).ends.clone() };
        out.write(Box::into_raw(Box::new(row)));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_row_free(handle: *mut Row) {
    free(handle);
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_row_mask(
    row: *mut Row,
    words: *mut u32,
    count: usize,
    complete: *mut c_int,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        let words = if count == 0 { &mut [] } else { std::slice::from_raw_parts_mut(words, count) };
        complete.write(c_int::from((*row).fill(words)?));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_row_advance(
    row: *mut Row,
    id: i64,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        let id = u32::try_from(id).map_err(refused)?;
        (*row).matcher.consume_token(id).map_err(refused)
    })
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_row_retreat(
    row: *mut Row,
    count: usize,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || (*row).matcher.rollback(count).map_err(refused))
}

unsafe fn free<T>(handle: *mut T) {
    if !handle.is_null() {
        guard(std::ptr::null_mut(), || {
            drop(Box::from_raw(handle));
            Ok(())
        });
    }
}
