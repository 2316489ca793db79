//! Python's methods of texts, lists and mappings that the compatibility crate leaves out.

use minijinja::value::{from_args, Tuple, Value, ValueKind};
use minijinja::{Error, ErrorKind, State};

/// Called for every method that the engine does not know.
pub fn call(
    state: &mut State,
    value: &Value,
    method: &str,
    args: &[Value],
) -> Result<Value, Error> {
    let found = match value.kind() {
        ValueKind::String => text_method(state, value.as_str().unwrap_or_default(), method, args)?,
        ValueKind::Seq if method == "index" => Some(list_index(value, args)?),
        ValueKind::Seq | ValueKind::Map if method == "copy" => {
            let () = from_args(args)?;
            Some(value.clone())
        }
        _ => None,
    };
    match found {
        Some(result) => Ok(result),
        None => minijinja_contrib::pycompat::unknown_method_callback(state, value, method, args),
    }
}

fn text_method(
    state: &State,
    text: &str,
    method: &str,
    args: &[Value],
) -> Result<Option<Value>, Error> {
    Ok(Some(match method {
        "removeprefix" => {
            let (prefix,): (&str,) = from_args(args)?;
            Value::from(text.strip_prefix(prefix).unwrap_or(text))
        }
        "removesuffix" => {
            let (suffix,): (&str,) = from_args(args)?;
            Value::from(text.strip_suffix(suffix).unwrap_or(text))
        }
        "partition" => {
            let (separator,): (&str,) = from_args(args)?;
            partition(text.split_once(separator), separator, [text, "", ""])
        }
        "rpartition" => {
            let (separator,): (&str,) = from_args(args)?;
            partition(text.rsplit_once(separator), separator, ["", "", text])
        }
        "rsplit" => {
            let (separator, limit): (Option<&str>, Option<i64>) = from_args(args)?;
            Value::from(rsplit(text, separator, limit))
        }
        "index" => {
            let (part,): (&str,) = from_args(args)?;
            let at = text
                .find(part)
                .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "substring not found"))?;
            Value::from(text[..at].chars().count())
        }
        "casefold" => {
            let () = from_args(args)?;
            Value::from(text.to_lowercase())
        }
        "swapcase" => {
            let () = from_args(args)?;
            Value::from(text.chars().map(swap_case).collect::<String>())
        }
        "format" => {
            pay_for_widths(state, text)?;
            return Ok(None);
        }
        "title" => {
            let () = from_args(args)?;
            Value::from(title(text))
        }
        "zfill" => {
            let (width,): (usize,) = from_args(args)?;
            let sign = usize::from(text.starts_with(['+', '-']));
            let zeros = fill(state, text, width, '0')?;
            Value::from(format!("{}{zeros}{}", &text[..sign], &text[sign..]))
        }
        "ljust" => {
            let (width, with): (usize, Option<char>) = from_args(args)?;
            Value::from(format!("{text}{}", fill(state, text, width, with.unwrap_or(' '))?))
        }
        "rjust" => {
            let (width, with): (usize, Option<char>) = from_args(args)?;
            Value::from(format!("{}{text}", fill(state, text, width, with.unwrap_or(' '))?))
        }
        _ => return Ok(None),
    }))
}

fn list_index(list: &Value, args: &[Value]) -> Result<Value, Error> {
    let (item,): (&Value,) = from_args(args)?;
    let at = list.try_iter()?.position(|other| other == *item);
    at.map(Value::from)
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "the value is not in the list"))
}

fn partition(parts: Option<(&str, &str)>, separator: &str, none: [&str; 3]) -> Value {
    let parts = parts.map_or(none, |(before, after)| [before, separator, after]);
    Value::from(Tuple::from(parts.map(Value::from)))
}

fn rsplit(text: &str, separator: Option<&str>, limit: Option<i64>) -> Vec<String> {
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX - 1);
    let mut parts: Vec<String> = match separator {
        Some(separator) => text.rsplitn(limit + 1, separator).map(String::from).collect(),
        None => rsplit_space(text, limit),
    };
    parts.reverse();
    parts
}

/// Words from the right; what is left past the limit keeps its inner space.
fn rsplit_space(text: &str, limit: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim_end();
    while !rest.is_empty() && parts.len() < limit {
        let start = rest.char_indices().rev().find(|(_, c)| c.is_whitespace());
        let start = start.map_or(0, |(at, space)| at + space.len_utf8());
        parts.push(rest[start..].to_string());
        rest = rest[..start].trim_end();
    }
    if !rest.is_empty() {
        parts.push(rest.to_string());
    }
    parts
}

fn swap_case(letter: char) -> String {
    if letter.is_uppercase() {
        letter.to_lowercase().collect()
    } else {
        letter.to_uppercase().collect()
    }
}

/// The compatibility crate makes whatever width a format asks for, so every number in it is paid
/// for as one.
fn pay_for_widths(state: &State, format: &str) -> Result<(), Error> {
    for digits in format.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()) {
        state.consume_fuel(digits.parse::<u64>().unwrap_or(u64::MAX) / 64)?;
    }
    Ok(())
}

/// Every letter after something that is no letter is large, the others small.
fn title(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    let mut inside = false;
    for letter in text.chars() {
        if inside {
            output.extend(letter.to_lowercase());
        } else {
            output.extend(letter.to_uppercase());
        }
        inside = letter.is_uppercase() || letter.is_lowercase();
    }
    output
}

/// What is missing to `width`, paid for before it is made.
fn fill(state: &State, text: &str, width: usize, with: char) -> Result<String, Error> {
    let missing = width.saturating_sub(text.chars().count());
    state.consume_fuel(missing as u64 / 16)?;
    Ok(std::iter::repeat_n(with, missing).collect())
}
