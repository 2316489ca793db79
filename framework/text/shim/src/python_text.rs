//! Values written as Python's `str` and `repr` write them.

use minijinja::value::{Value, ValueKind};

/// A float as Python writes it.
pub fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf".into() } else { "-inf".into() };
    }
    // Rust switches to an exponent where Python does, but writes it without sign and padding.
    let text = format!("{number:?}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let exponent: i32 = exponent.parse().unwrap_or(0);
            let mantissa = mantissa.strip_suffix(".0").unwrap_or(mantissa);
            format!("{mantissa}e{exponent:+03}")
        }
        None => text,
    }
}

/// The number as a float where it is one, not an integer.
pub fn as_float(value: &Value) -> Option<f64> {
    if value.kind() != ValueKind::Number || value.is_integer() {
        return None;
    }
    f64::try_from(value.clone()).ok()
}

/// Python's `str(value)`.
pub fn str(value: &Value) -> String {
    match value.kind() {
        ValueKind::String => value.as_str().unwrap_or_default().to_string(),
        _ => repr(value),
    }
}

/// Python's `repr(value)`.
pub fn repr(value: &Value) -> String {
    match value.kind() {
        ValueKind::String => quote(value.as_str().unwrap_or_default()),
        ValueKind::Number => as_float(value).map_or_else(|| value.to_string(), float),
        ValueKind::Map => match value.try_iter() {
            Ok(keys) => {
                let entry = |key: Value| {
                    let item = value.get_item(&key).unwrap_or_default();
                    format!("{}: {}", repr(&key), repr(&item))
                };
                format!("{{{}}}", keys.map(entry).collect::<Vec<_>>().join(", "))
            }
            Err(_) => value.to_string(),
        },
        ValueKind::Seq => sequence(value),
        _ => value.to_string(),
    }
}

fn sequence(value: &Value) -> String {
    let Ok(items) = value.try_iter() else { return value.to_string() };
    let items: Vec<_> = items.map(|item| repr(&item)).collect();
    match (value.is_tuple(), items.len()) {
        (true, 1) => format!("({},)", items[0]),
        (true, _) => format!("({})", items.join(", ")),
        (false, _) => format!("[{}]", items.join(", ")),
    }
}

fn quote(text: &str) -> String {
    let mark = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut output = String::with_capacity(text.len() + 2);
    output.push(mark);
    for letter in text.chars() {
        match letter {
            '\\' => output.push_str("\\\\"),
            '\n' => output.push_str("\\n"),
            '\r' => output.push_str("\\r"),
            '\t' => output.push_str("\\t"),
            _ if letter == mark => output.extend(['\\', mark]),
            _ if letter.is_control() && (letter as u32) < 0x100 => {
                output.push_str(&format!("\\x{:02x}", letter as u32));
            }
            _ => output.push(letter),
        }
    }
    output.push(mark);
    output
}
