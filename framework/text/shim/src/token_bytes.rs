//! The bytes that each token of a tokenizer stands for.

use serde_json::Value;
use tokenizers::Tokenizer;
use toktrie::TokTrie;

use crate::boundary::{Failure, Outcome};

/// What a tokenizer's decoder says of its tokens' spelling.
#[derive(Default)]
pub struct Spelling {
    byte_level: bool,
    byte_fallback: bool,
    space: Option<char>,
    /// A space at the very start of a text is dropped.
    pub drops_first_space: bool,
}

impl Spelling {
    pub fn of(tokenizer: &Tokenizer) -> Outcome<Self> {
        let mut spelling = Spelling::default();
        let decoder = serde_json::to_value(tokenizer.get_decoder()).unwrap_or(Value::Null);
        spelling.read(&decoder);
        if spelling.byte_level || spelling.byte_fallback || spelling.space.is_some() {
            return Ok(spelling);
        }
        let kind = decoder.get("type").and_then(Value::as_str).unwrap_or("none");
        Err(Failure::BadFile(format!(
            "answers cannot be held to a grammar: the tokenizer's decoder is {kind}, expected one \
             of bytes (ByteLevel, ByteFallback or Metaspace)"
        )))
    }

    /// Merges of bytes know nothing of what stands around a text, so a part of a text has the
    /// tokens that it has in the whole.
    pub fn is_byte_level(&self) -> bool {
        self.byte_level
    }

    fn read(&mut self, decoder: &Value) {
        let text = |name: &str| decoder.get(name).and_then(Value::as_str);
        match text("type") {
            Some("ByteLevel") => self.byte_level = true,
            Some("ByteFallback") => self.byte_fallback = true,
            Some("Metaspace") => {
                self.space = text("replacement").and_then(|it| it.chars().next());
                self.drops_first_space = text("prepend_scheme") != Some("never");
            }
            Some("Replace") if text("content") == Some(" ") => {
                let pattern = decoder.pointer("/pattern/String").and_then(Value::as_str);
                self.space = pattern.and_then(|it| it.chars().next());
            }
            Some("Strip") if text("content") == Some(" ") => {
                self.drops_first_space =
                    decoder.get("start").and_then(Value::as_u64).unwrap_or(0) > 0;
            }
            Some("Sequence") => {
                let parts = decoder.get("decoders").and_then(Value::as_array);
                parts.into_iter().flatten().for_each(|part| self.read(part));
            }
            _ => {}
        }
    }

    fn bytes_of(&self, token: &str) -> Vec<u8> {
        if self.byte_level {
            let bytes: Option<Vec<u8>> = token.chars().map(byte_of).collect();
            return bytes.unwrap_or_else(|| token.as_bytes().to_vec());
        }
        if self.byte_fallback && token.len() == 6 && token.starts_with("<0x") {
            if let Ok(byte) = u8::from_str_radix(&token[3..5], 16) {
                return vec![byte];
            }
        }
        match self.space {
            Some(space) => token.replace(space, " ").into_bytes(),
            None => token.as_bytes().to_vec(),
        }
    }
}

/// The byte that a character of a byte-level vocabulary stands for: printable ones are themselves,
/// the rest count up from U+0100.
fn byte_of(spelled: char) -> Option<u8> {
    let printable = |byte: u8| matches!(byte, 0x21..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF);
    let code = u32::from(spelled);
    if code < 0x100 {
        return u8::try_from(code).ok().filter(|&byte| printable(byte));
    }
    (0..=255u8).filter(|&byte| !printable(byte)).nth((code - 0x100) as usize)
}

/// By id: the bytes of each token. Special tokens, and those that end an answer, are marked, so
/// that no text of a grammar is written with them; an id without a token has no bytes.
pub fn token_bytes(tokenizer: &Tokenizer, spelling: &Spelling, ends: &[u32]) -> Vec<Vec<u8>> {
    let vocabulary = tokenizer.get_vocab(true);
    let size = vocabulary.values().chain(ends).max().map_or(0, |&id| id as usize + 1);
    let mut table = vec![Vec::new(); size];
    let added = tokenizer.get_added_tokens_decoder();
    for (token, id) in vocabulary {
        let entry = added.get(&id);
        let bytes = match entry {
            Some(added) => added.content.clone().into_bytes(),
            None => spelling.bytes_of(&token),
        };
        table[id as usize] = if ends.contains(&id) || entry.is_some_and(|added| added.special) {
            [&[TokTrie::SPECIAL_TOKEN_MARKER], bytes.as_slice()].concat()
        } else {
            bytes
        };
    }
    table
}

#[cfg(test)]
mod tests {
    use super::byte_of;

    #[test]
    fn characters_stand_for_every_byte_once() {
        let mut bytes: Vec<u8> =
            (0..0x200).filter_map(char::from_u32).filter_map(byte_of).collect();
        bytes.sort_unstable();
        assert_eq!(bytes, (0..=255u8).collect::<Vec<_>>());
        assert_eq!(byte_of('\u{120}'), Some(b' '));
        assert_eq!(byte_of('\u{10A}'), Some(b'\n'));
        assert_eq!(byte_of('▁'), None);
    }
}
