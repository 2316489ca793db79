//! C entry points of tokenizers.

use std::os::raw::c_int;

use tokenizers::Tokenizer;

use crate::boundary::{guard, slice, Failure, Outcome, OwnedIds, OwnedString, View};
use crate::tokenizer_files;

pub struct Handle {
    tokenizer: Tokenizer,
    tokens: usize,
    max_id: i64,
}

impl Handle {
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }
}

fn to_ids(encoding: &tokenizers::Encoding) -> impl Iterator<Item = i64> + '_ {
    encoding.get_ids().iter().map(|&id| i64::from(id))
}

fn encode_failure(error: tokenizers::Error) -> Failure {
    Failure::BadInput(format!("the tokenizer refuses the text: {error}"))
}

/// Ids that no vocabulary can hold are left out, as unknown ids are.
fn to_u32(ids: &[i64]) -> Vec<u32> {
    ids.iter().filter_map(|&id| u32::try_from(id).ok()).collect()
}

/// # Safety
/// Pointers must be as the C header says; so for every function below.
#[no_mangle]
pub unsafe extern "C" fn tuneval_tokenizer_open(
    folder: View,
    out: *mut *mut Handle,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        let tokenizer = tokenizer_files::open(&folder.path())?;
        let vocabulary = tokenizer.get_vocab(true);
        let max_id = vocabulary.values().max().map_or(-1, |&id| i64::from(id));
        let handle = Handle { tokens: vocabulary.len(), max_id, tokenizer };
        out.write(Box::into_raw(Box::new(handle)));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_tokenizer_free(handle: *mut Handle) {
    if !handle.is_null() {
        // A destructor that panics must not cross the boundary either.
        guard(std::ptr::null_mut(), || {
            drop(Box::from_raw(handle));
            Ok(())
        });
    }
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_tokenizer_encode(
    handle: *const Handle,
    text: View,
    add_special_tokens: c_int,
    ids: *mut OwnedIds,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        let encoding = (*handle)
            .tokenizer
            .encode_fast(text.text()?, add_special_tokens != 0)
            .map_err(encode_failure)?;
        ids.write(to_ids(&encoding).collect::<Vec<_>>().into());
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_tokenizer_encode_batch(
    handle: *const Handle,
    texts: *const View,
    count: usize,
    add_special_tokens: c_int,
    ids: *mut OwnedIds,
    lengths: *mut OwnedIds,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        let texts =
            slice(texts, count).iter().map(|view| view.text()).collect::<Outcome<Vec<_>>>()?;
        let encodings = (*handle)
            .tokenizer
            .encode_batch_fast(texts, add_special_tokens != 0)
            .map_err(encode_failure)?;
        let sizes: Vec<i64> = encodings.iter().map(|one| one.len() as i64).collect();
        let all: Vec<i64> = encodings.iter().flat_map(to_ids).collect();
        ids.write(all.into());
        lengths.write(sizes.into());
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_tokenizer_decode(
    handle: *const Handle,
    ids: *const i64,
    count: usize,
    skip_special_tokens: c_int,
    text: *mut OwnedString,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        let decoded = (*handle)
            .tokenizer
            .decode(&to_u32(slice(ids, count)), skip_special_tokens != 0)
            .map_err(|error| Failure::BadInput(format!("the ids do not decode: {error}")))?;
        text.write(decoded.into());
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_tokenizer_token_to_id(
    handle: *const Handle,
    token: View,
    id: *mut i64,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        // No token is invalid UTF-8, so such a text is merely not found.
        let token = std::str::from_utf8(token.bytes()).ok();
        let found = token.and_then(|token| (*handle).tokenizer.token_to_id(token));
        id.write(found.map_or(-1, i64::from));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_tokenizer_id_to_token(
    handle: *const Handle,
    id: i64,
    found: *mut c_int,
    token: *mut OwnedString,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        let text = u32::try_from(id).ok().and_then(|id| (*handle).tokenizer.id_to_token(id));
        found.write(c_int::from(text.is_some()));
        if let Some(text) = text {
            token.write(text.into());
        }
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_tokenizer_size(
    handle: *const Handle,
    tokens: *mut usize,
    max_id: *mut i64,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        tokens.write((*handle).tokens);
        max_id.write((*handle).max_id);
        Ok(())
    })
}
