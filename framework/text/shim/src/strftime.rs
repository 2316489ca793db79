//! `strftime_now`: the C library's strftime, which the reference uses too.

use std::ffi::CString;

use minijinja::{Error, ErrorKind};

fn refuse(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, what)
}

/// `now` in UTC, or the present local time.
pub fn strftime_now(format: &str, now: Option<i64>) -> Result<String, Error> {
    // SAFETY: both functions fill `time` from a valid pointer; `time` is plain data, for which
    // zeros are valid.
    let time = unsafe {
        let mut time: libc::tm = std::mem::zeroed();
        let filled = match now {
            Some(seconds) => libc::gmtime_r(&seconds, &mut time),
            None => libc::localtime_r(&libc::time(std::ptr::null_mut()), &mut time),
        };
        if filled.is_null() {
            return Err(refuse("strftime_now: the time is out of range"));
        }
        time
    };
    let format = python_format(format);
    if format.is_empty() {
        return Ok(String::new());
    }
    if format.len() > 4096 {
        return Err(refuse("strftime_now: the format is too long"));
    }
    // A last space, taken off again, tells an empty result from a full buffer: both are 0.
    let format = CString::new(format + " ")
        .map_err(|_| refuse("strftime_now: the format has a zero byte"))?;
    let mut buffer = vec![0u8; 1 << 20];
    // SAFETY: the buffer's size is passed, the format ends with a zero and `time` was filled above.
    let size =
        unsafe { libc::strftime(buffer.as_mut_ptr().cast(), buffer.len(), format.as_ptr(), &time) };
    if size == 0 {
        return Err(refuse("strftime_now: the format asks for too long a text"));
    }
    buffer.truncate(size - 1);
    String::from_utf8(buffer).map_err(|_| refuse("strftime_now: the result is not UTF-8"))
}

/// Python answers `%f`, `%z` and `%Z` itself: a time without a zone has microseconds and no zone.
fn python_format(format: &str) -> String {
    let mut output = String::with_capacity(format.len());
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            output.push(letter);
            continue;
        }
        match letters.next() {
            Some('f') => output.push_str("000000"),
            Some('z' | 'Z') => {}
            Some(other) => output.extend(['%', other]),
            None => output.push_str("%%"),
        }
    }
    output
}
