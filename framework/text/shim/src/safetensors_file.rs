//! C entry points of safetensors files.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{Read, Write};
use std::os::raw::{c_int, c_void};
use std::path::{Path, PathBuf};

use safetensors::tensor::{Metadata, TensorInfo};
use safetensors::Dtype;
use serde::{Deserialize, Serialize};

use crate::boundary::{guard, slice, Failure, Outcome, OwnedString, View};

/// The format's own bound on a header.
const MAX_HEADER: u64 = 100_000_000;
/// The header's length stands in the first 8 bytes.
const LENGTH_BYTES: u64 = 8;

#[derive(Serialize, Deserialize)]
struct Tensor {
    name: String,
    dtype: String,
    shape: Vec<usize>,
    #[serde(default)]
    begin: u64,
    #[serde(default)]
    end: u64,
}

#[derive(Serialize, Deserialize)]
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

fn read(path: &Path) -> Outcome<Header> {
    let mut file = File::open(path).map_err(|error| bad(path, error))?;
    let size = file.metadata().map_err(|error| bad(path, error))?.len();
    let mut length = [0u8; LENGTH_BYTES as usize];
    file.read_exact(&mut length).map_err(|_| {
        bad(path, format!("is not a safetensors file: it has {size} bytes, expected at least 8"))
    })?;
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

/// A tensor to be written with its bytes.
struct Piece<'a> {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    data: &'a [u8],
}

/// The header's bytes, padded so that the data starts at a multiple of 8.
///
/// Not left to the crate: it would write the metadata in random order, and equal input must give
/// equal bytes.
fn header_text(
    path: &Path,
    pieces: &[Piece],
    metadata: &BTreeMap<String, String>,
) -> Outcome<Vec<u8>> {
    let mut entries = serde_json::Map::new();
    let json = |error: serde_json::Error| bad(path, error);
    if !metadata.is_empty() {
        entries.insert("__metadata__".into(), serde_json::to_value(metadata).map_err(json)?);
    }
    let mut offset = 0;
    let mut infos = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let info = TensorInfo {
            dtype: piece.dtype,
            shape: piece.shape.clone(),
            data_offsets: (offset, offset + piece.data.len()),
        };
        offset += piece.data.len();
        entries.insert(piece.name.clone(), serde_json::to_value(&info).map_err(json)?);
        infos.push((piece.name.clone(), info));
    }
    Metadata::new(None, infos).map_err(|error| {
        bad(path, format!("the tensors do not make a safetensors file: {error}"))
    })?;
    let mut text = serde_json::to_vec(&entries).map_err(json)?;
    text.resize(text.len().next_multiple_of(LENGTH_BYTES as usize), b' ');
    if text.len() as u64 > MAX_HEADER {
        return Err(bad(path, "the safetensors header would be too long"));
    }
    Ok(text)
}

fn write_all(path: &Path, header: &[u8], pieces: &[Piece]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(header)?;
    for piece in pieces {
        file.write_all(piece.data)?;
    }
    file.sync_all()
}

fn write(path: &Path, mut pieces: Vec<Piece>, metadata: &BTreeMap<String, String>) -> Outcome<()> {
    // Widest elements first keeps every tensor aligned.
    pieces.sort_by(|left, right| right.dtype.cmp(&left.dtype).then(left.name.cmp(&right.name)));
    let mut names = HashSet::new();
    for piece in &pieces {
        if piece.name == "__metadata__" || !names.insert(&piece.name) {
            return Err(bad(path, format!("tensor \"{}\": the name is taken", piece.name)));
        }
    }
    let header = header_text(path, &pieces, metadata)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".tmp-{}", std::process::id()));
    let beside = PathBuf::from(beside);
    let written =
        write_all(&beside, &header, &pieces).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        bad(path, format!("cannot be written: {error}"))
    })
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
pub unsafe extern "C" fn tuneval_safetensors_write(
    path: View,
    header: View,
    data: *const *const c_void,
    sizes: *const u64,
    count: usize,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        let path = path.path();
        let header: Header =
            serde_json::from_slice(header.bytes()).map_err(|error| bad(&path, error))?;
        let (data, sizes) = (slice(data, count), slice(sizes, count));
        let mut pieces = Vec::with_capacity(count);
        for ((tensor, &data), &size) in header.tensors.into_iter().zip(data).zip(sizes) {
            let dtype = dtype_from(&tensor.dtype).ok_or_else(|| {
                bad(
                    &path,
                    format!("tensor \"{}\": unknown dtype \"{}\"", tensor.name, tensor.dtype),
                )
            })?;
            let data = slice(data.cast::<u8>(), size as usize);
            pieces.push(Piece { name: tensor.name, dtype, shape: tensor.shape, data });
        }
        write(&path, pieces, &header.metadata)
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
