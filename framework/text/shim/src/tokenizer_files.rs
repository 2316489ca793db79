//! A model folder's tokenizer files → `Tokenizer`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokenizers::models::bpe::BPE;
use tokenizers::normalizers::NFC;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{AddedToken, PreTokenizerWrapper, SplitDelimiterBehavior, Tokenizer};

use crate::boundary::{Failure, Outcome};

/// How Qwen2, 2.5 and 3 cut text before merging bytes.
const QWEN2_PATTERN: &str = concat!(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|",
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
);

/// Entries of tokenizer_config.json that name one token each.
const NAMED_TOKENS: [&str; 7] =
    ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

fn bad(path: &Path, what: impl std::fmt::Display) -> Failure {
    Failure::BadFile(format!("{}: {what}", path.display()))
}

/// The largest tokenizers of today have 40 MB.
const MOST_BYTES: u64 = 256 << 20;

/// A file's bytes, of which no more than MOST_BYTES are ever in memory.
fn read(path: &Path) -> Outcome<Vec<u8>> {
    let file = File::open(path).map_err(|error| bad(path, error))?;
    let too_large = || bad(path, format!("is larger than {} MiB", MOST_BYTES >> 20));
    if file.metadata().is_ok_and(|data| data.len() > MOST_BYTES) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| bad(path, error))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(too_large());
    }
    Ok(bytes)
}

pub fn open(folder: &Path) -> Outcome<Tokenizer> {
    let config_path = folder.join("tokenizer_config.json");
    let config = read_config(&config_path)?;
    let whole = folder.join("tokenizer.json");
    let mut tokenizer = if whole.exists() {
        let bytes = read(&whole)?;
        Tokenizer::from_bytes(bytes)
            .map_err(|error| bad(&whole, format!("is not a tokenizer: {error}")))?
    } else {
        from_vocabulary(folder, &config_path, config.as_ref())?
    };
    // Padding and truncation stored in the file belong to whoever saved it, not to the model.
    tokenizer.with_padding(None);
    tokenizer.with_truncation(None).map_err(|error| bad(&whole, error))?;
    if let Some(config) = &config {
        add_tokens(&mut tokenizer, &config_path, config)?;
    }
    Ok(tokenizer)
}

fn read_config(path: &PathBuf) -> Outcome<Option<Value>> {
    if !path.exists() {
        return Ok(None);
    }
    let bytes = read(path)?;
    let config: Value = serde_json::from_slice(&bytes)
        .map_err(|error| bad(path, format!("is not JSON: {error}")))?;
    if !config.is_object() {
        return Err(bad(path, "expected a JSON object"));
    }
    Ok(Some(config))
}

fn from_vocabulary(
    folder: &Path,
    config_path: &Path,
    config: Option<&Value>,
) -> Outcome<Tokenizer> {
    let vocabulary = folder.join("vocab.json");
    let merges = folder.join("merges.txt");
    for path in [&vocabulary, &merges] {
        if !path.exists() {
            return Err(bad(
                folder,
                "has no tokenizer: expected tokenizer.json, or vocab.json and merges.txt",
            ));
        }
    }
    let Some(config) = config else {
        return Err(bad(
            config_path,
            "is missing: beside vocab.json and merges.txt it must name the \"tokenizer_class\"",
        ));
    };
    let class = config.get("tokenizer_class").and_then(Value::as_str).unwrap_or("");
    let kind = class.trim_end_matches("Fast");
    if kind != "Qwen2Tokenizer" && kind != "GPT2Tokenizer" {
        return Err(bad(
            config_path,
            format!(
                "\"tokenizer_class\" is \"{class}\": expected Qwen2Tokenizer or GPT2Tokenizer \
                 where there is no tokenizer.json"
            ),
        ));
    }
    let mut tokenizer = Tokenizer::new(read_bpe(&vocabulary, &merges)?);
    let prefix_space = config.get("add_prefix_space").and_then(Value::as_bool).unwrap_or(false);
    if kind == "Qwen2Tokenizer" {
        tokenizer.with_normalizer(Some(NFC)).map_err(|error| bad(config_path, error))?;
        let split = Split::new(
            SplitPattern::Regex(QWEN2_PATTERN.into()),
            SplitDelimiterBehavior::Isolated,
            false,
        )
        .map_err(|error| bad(config_path, error))?;
        tokenizer.with_pre_tokenizer(Some(Sequence::new(vec![
            PreTokenizerWrapper::Split(split),
            PreTokenizerWrapper::ByteLevel(ByteLevel::new(prefix_space, false, false)),
        ])));
    } else {
        tokenizer.with_pre_tokenizer(Some(ByteLevel::new(prefix_space, true, true)));
    }
    tokenizer.with_post_processor(Some(ByteLevel::default().trim_offsets(false)));
    tokenizer.with_decoder(Some(ByteLevel::default()));
    Ok(tokenizer)
}

fn read_bpe(vocabulary: &Path, merges: &Path) -> Outcome<BPE> {
    let utf8 = |path: &Path| {
        path.to_str().map(String::from).ok_or_else(|| bad(path, "is not a UTF-8 path"))
    };
    read(vocabulary)?;
    read(merges)?;
    BPE::from_file(&utf8(vocabulary)?, &utf8(merges)?).build().map_err(|error| {
        bad(vocabulary, format!("does not make a vocabulary with {}: {error}", merges.display()))
    })
}

/// Adds what tokenizer_config.json declares and the tokenizer does not know yet.
fn add_tokens(tokenizer: &mut Tokenizer, path: &Path, config: &Value) -> Outcome<()> {
    for (id, token) in declared_tokens(path, config)? {
        if tokenizer.get_added_tokens_decoder().get(&id).is_some_and(|known| *known == token) {
            continue;
        }
        let content = token.content.clone();
        add_token(tokenizer, path, token)?;
        let given = tokenizer.token_to_id(&content);
        if given != Some(id) {
            return Err(bad(
                path,
                format!(
                    "\"added_tokens_decoder\" gives \"{content}\" the id {id}: \
                     the vocabulary gives it {}",
                    given.map_or("none".into(), |given| given.to_string())
                ),
            ));
        }
    }
    for name in NAMED_TOKENS {
        let Some(content) = named_token(config, name) else { continue };
        let known = tokenizer.get_added_vocabulary().is_special_token(&content);
        if !known && tokenizer.token_to_id(&content).is_some() {
            add_token(tokenizer, path, AddedToken::from(content, true))?;
        }
    }
    Ok(())
}

fn add_token(tokenizer: &mut Tokenizer, path: &Path, token: AddedToken) -> Outcome<()> {
    let added = if token.special {
        tokenizer.add_special_tokens([token])
    } else {
        tokenizer.add_tokens([token])
    };
    added.map(|_| ()).map_err(|error| bad(path, error))
}

fn named_token(config: &Value, name: &str) -> Option<String> {
    let entry = config.get(name)?;
    let content = entry.as_str().or_else(|| entry.get("content")?.as_str())?;
    (!content.is_empty()).then(|| content.to_string())
}

/// `added_tokens_decoder`, by id: tokens without an id in the model get theirs in the order they
/// are added.
fn declared_tokens(path: &Path, config: &Value) -> Outcome<Vec<(u32, AddedToken)>> {
    let Some(declared) = config.get("added_tokens_decoder").and_then(Value::as_object) else {
        return Ok(Vec::new());
    };
    let mut tokens = Vec::with_capacity(declared.len());
    for (key, entry) in declared {
        let at = |what: &str| bad(path, format!("\"added_tokens_decoder\" entry \"{key}\" {what}"));
        let id: u32 = key.parse().map_err(|_| at("is not an id"))?;
        let content =
            entry.get("content").and_then(Value::as_str).ok_or_else(|| at("has no \"content\""))?;
        let flag = |name: &str, fallback: bool| {
            entry.get(name).and_then(Value::as_bool).unwrap_or(fallback)
        };
        let special = flag("special", false);
        tokens.push((
            id,
            AddedToken::from(content, special)
                .single_word(flag("single_word", false))
                .lstrip(flag("lstrip", false))
                .rstrip(flag("rstrip", false))
                .normalized(flag("normalized", !special)),
        ));
    }
    tokens.sort_by_key(|(id, _)| *id);
    Ok(tokens)
}
