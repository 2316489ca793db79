//! What crosses the C boundary: views, owned results, and the guard that no panic gets past.

use std::os::raw::{c_char, c_int};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::PathBuf;

/// Why a call failed; the numbers are those of `tuneval_status`.
pub enum Failure {
    BadFile(String),
    BadInput(String),
}

pub type Outcome<T> = Result<T, Failure>;

const OK: c_int = 0;
const BAD_FILE: c_int = 1;
const BAD_INPUT: c_int = 2;
const INTERNAL: c_int = 3;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct View {
    data: *const c_char,
    size: usize,
}

#[repr(C)]
pub struct OwnedString {
    data: *mut c_char,
    size: usize,
}

#[repr(C)]
pub struct OwnedIds {
    data: *mut i64,
    size: usize,
}

impl View {
    /// # Safety
    /// The view's memory must stay valid and unchanged for as long as the result is used.
    pub unsafe fn bytes<'a>(self) -> &'a [u8] {
        slice(self.data.cast(), self.size)
    }

    /// # Safety
    /// As for `bytes`.
    pub unsafe fn text<'a>(self) -> Outcome<&'a str> {
        std::str::from_utf8(self.bytes()).map_err(|error| {
            Failure::BadInput(format!("the text is not UTF-8 at byte {}", error.valid_up_to()))
        })
    }

    /// # Safety
    /// As for `bytes`.
    pub unsafe fn path(self) -> PathBuf {
        use std::os::unix::ffi::OsStrExt;
        PathBuf::from(std::ffi::OsStr::from_bytes(self.bytes()))
    }
}

/// A slice over C memory; null with size 0 is the empty slice.
///
/// # Safety
/// `data` must point at `size` valid elements, or `size` must be 0.
pub unsafe fn slice<'a, T>(data: *const T, size: usize) -> &'a [T] {
    if size == 0 {
        &[]
    } else {
        std::slice::from_raw_parts(data, size)
    }
}

impl From<String> for OwnedString {
    fn from(text: String) -> Self {
        let bytes = text.into_bytes().into_boxed_slice();
        let size = bytes.len();
        OwnedString { data: Box::into_raw(bytes).cast(), size }
    }
}

impl From<Vec<i64>> for OwnedIds {
    fn from(ids: Vec<i64>) -> Self {
        let ids = ids.into_boxed_slice();
        let size = ids.len();
        OwnedIds { data: Box::into_raw(ids).cast(), size }
    }
}

/// Runs `work`, turns its failure or panic into a status and writes the message to `error`.
///
/// # Safety
/// `error` must be null or writable.
pub unsafe fn guard(error: *mut OwnedString, work: impl FnOnce() -> Outcome<()>) -> c_int {
    let (status, message) = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => return OK,
        Ok(Err(Failure::BadFile(message))) => (BAD_FILE, message),
        Ok(Err(Failure::BadInput(message))) => (BAD_INPUT, message),
        Err(panic) => (INTERNAL, panic_message(panic)),
    };
    if !error.is_null() {
        error.write(OwnedString::from(message));
    }
    status
}

fn panic_message(panic: Box<dyn std::any::Any + Send>) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| text.to_string())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    // The payload's own destructor may panic too; leaking it is the only way to be sure.
    std::mem::forget(panic);
    format!("internal fault: {}", text.unwrap_or_else(|| "no message".into()))
}

/// # Safety
/// `string` must come from this library and not have been freed.
#[no_mangle]
pub unsafe extern "C" fn tuneval_string_free(string: OwnedString) {
    if !string.data.is_null() {
        drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(
            string.data.cast::<u8>(),
            string.size,
        )));
    }
}

/// # Safety
/// `ids` must come from this library and not have been freed.
#[no_mangle]
pub unsafe extern "C" fn tuneval_ids_free(ids: OwnedIds) {
    if !ids.data.is_null() {
        drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(ids.data, ids.size)));
    }
}
