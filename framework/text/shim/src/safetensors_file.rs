//! C entry points of safetensors files.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::os::raw::c_int;
use std::path::Path;

use safetensors::tensor::Metadata;
use safetensors::Dtype;
use serde::Serialize;

use crate::boundary::{guard, Failure, Outcome, OwnedString, View};

/// The format's own bound on a header.
const MAX_HEADER: u64 = 100_000_000;
/// The header's length stands in the first 8 bytes.
const LENGTH_BYTES: u64 = 8;

#[derive(Serialize)]
struct Tensor {
    name: String,
    dtype: String,
    shape: Vec<usize>,
    begin: u64,
    end: u64,
}

#[derive(Serialize)]
struct Header {
    tensors: Vec<Tensor>,
    metadata: BTreeMap<String, String>,
}

fn bad(path: &Path, what: impl std::fmt::Display) -> Failure {
    Failure::BadFile(format!("{}: {what}", path.display()))
}

fn dtype_from(name: &str) -> Option<Dtype> {
    serde_json::from_value(serde_json::Value::String(name.into())).ok()
}

fn dtype_name(dtype: Dtype) -> String {
    match serde_json::to_value(dtype) {
        Ok(serde_json::Value::String(name)) => name,
        _ => format!("{dtype:?}"),
    }
}

/// Whether a file that begins so is what `torch.save` writes: a pickle, or one in a zip archive. A
/// header of a length that reads so would be longer than any.
fn is_pickle(start: &[u8; LENGTH_BYTES as usize]) -> bool {
    start.starts_with(b"PK\x03\x04")
        || (start[0] == 0x80 && (2..=5).contains(&start[1]) && start[7] != 0)
}

fn read(path: &Path) -> Outcome<Header> {
    let mut file = File::open(path).map_err(|error| bad(path, error))?;
    let size = file.metadata().map_err(|error| bad(path, error))?.len();
    let mut length = [0u8; LENGTH_BYTES as usize];
    file.read_exact(&mut length).map_err(|_| {
        bad(path, format!("is not a safetensors file: it has {size} bytes, expected at least 8"))
    })?;
    if is_pickle(&length) {
        return Err(bad(
            path,
            "is no safetensors file but a pickle, which may run code when it is read: expected \
             weights as safetensors",
        ));
    }
    let length = u64::from_le_bytes(length);
    if length > MAX_HEADER || length > size - LENGTH_BYTES {
        return Err(bad(
            path,
            format!(
                "is not a safetensors file, or is cut off: it names a header of {length} bytes \
                 in a file of {size}"
            ),
        ));
    }
    let mut text = vec![0u8; length as usize];
    file.read_exact(&mut text).map_err(|error| bad(path, error))?;
    let metadata: Metadata = serde_json::from_slice(&text)
        .map_err(|error| bad(path, format!("its safetensors header is broken: {error}")))?;
    let start = LENGTH_BYTES + length;
    let expected = start.saturating_add(metadata.data_len() as u64);
    if size != expected {
        return Err(bad(
            path,
            format!("has {size} bytes: expected {expected} after its header (is it cut off?)"),
        ));
    }
    let tensors = metadata
        .offset_keys()
        .into_iter()
        .filter_map(|name| {
            let info = metadata.info(&name)?;
            Some(Tensor {
                dtype: dtype_name(info.dtype),
                shape: info.shape.clone(),
                begin: start + info.data_offsets.0 as u64,
                end: start + info.data_offsets.1 as u64,
                name,
            })
        })
        .collect();
    let metadata = metadata.metadata().clone().unwrap_or_default().into_iter().collect();
    Ok(Header { tensors, metadata })
}

/// # Safety
/// Pointers must be as the C header says; so for every function below.
#[no_mangle]
pub unsafe extern "C" fn tuneval_safetensors_read(
    path: View,
    header: *mut OwnedString,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        let path = path.path();
        let text = serde_json::to_string(&read(&path)?).map_err(|error| bad(&path, error))?;
        header.write(text.into());
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_safetensors_element_size(dtype: View) -> u64 {
    let mut bytes = 0;
    guard(std::ptr::null_mut(), || {
        let bits = dtype_from(dtype.text()?).map_or(0, |dtype| dtype.bitsize());
        bytes = if bits % 8 == 0 { bits as u64 / 8 } else { 0 };
        Ok(())
    });
    bytes
}
