//! `tojson` as the reference has it: Python's `json.dumps` with `ensure_ascii=False`.

use minijinja::value::{Kwargs, Value, ValueKind};
use minijinja::{Error, ErrorKind, State};

use crate::python_text;

struct Writer {
    output: String,
    ascii: bool,
    indent: Option<String>,
    item_separator: String,
    key_separator: String,
    sort_keys: bool,
}

/// The filter. Its options are those of `json.dumps`, by name or in the reference's order.
pub fn tojson(
    state: &State,
    value: &Value,
    positional: &[Value],
    options: Kwargs,
) -> Result<String, Error> {
    let option = |name: &str, place: usize| -> Result<Option<Value>, Error> {
        let named = options.get::<Option<Value>>(name)?;
        Ok(named.or_else(|| positional.get(place).cloned()).filter(|value| !value.is_none()))
    };
    let ascii = option("ensure_ascii", 0)?.is_some_and(|flag| flag.is_true());
    let indent = option("indent", 1)?.map(|indent| indent_text(&indent)).transpose()?;
    let separators = option("separators", 2)?;
    let sort_keys = option("sort_keys", 3)?.is_some_and(|flag| flag.is_true());
    options.assert_all_used()?;
    let (item_separator, key_separator) = match separators {
        Some(pair) => (text_at(&pair, 0)?, text_at(&pair, 1)?),
        None => (if indent.is_some() { "," } else { ", " }.into(), ": ".into()),
    };
    let mut writer =
        Writer { output: String::new(), ascii, indent, item_separator, key_separator, sort_keys };
    writer.value(state, value, 0)?;
    Ok(writer.output)
}

fn refuse(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("tojson: {}", what.into()))
}

fn indent_text(indent: &Value) -> Result<String, Error> {
    if let Some(text) = indent.as_str() {
        return Ok(text.into());
    }
    match indent.as_i64() {
        Some(width) if width <= 1000 => Ok(" ".repeat(width.max(0) as usize)),
        _ => Err(refuse("\"indent\" must be a text or a number up to 1000")),
    }
}

fn text_at(pair: &Value, at: usize) -> Result<String, Error> {
    let item = pair.get_item_by_index(at)?;
    item.as_str().map(String::from).ok_or_else(|| refuse("\"separators\" must be two texts"))
}

impl Writer {
    fn value(&mut self, state: &State, value: &Value, depth: usize) -> Result<(), Error> {
        if depth > 200 {
            return Err(refuse("the value is nested too deeply"));
        }
        let before = self.output.len();
        match value.kind() {
            ValueKind::None => self.output.push_str("null"),
            ValueKind::Bool => self.output.push_str(if value.is_true() { "true" } else { "false" }),
            ValueKind::Number => self.number(value),
            ValueKind::String => self.text(value.as_str().unwrap_or_default()),
            ValueKind::Map => return self.map(state, value, depth),
            ValueKind::Seq | ValueKind::Iterable => return self.sequence(state, value, depth),
            other => return Err(refuse(format!("a value of kind {other} has no JSON form"))),
        }
        state.consume_fuel(1 + (self.output.len() - before) as u64 / 64)
    }

    fn number(&mut self, value: &Value) {
        match python_text::as_float(value) {
            Some(number) if number.is_nan() => self.output.push_str("NaN"),
            Some(number) if number.is_infinite() => {
                self.output.push_str(if number > 0.0 { "Infinity" } else { "-Infinity" });
            }
            Some(number) => self.output.push_str(&python_text::float(number)),
            None => self.output.push_str(&value.to_string()),
        }
    }

    fn text(&mut self, text: &str) {
        self.output.push('"');
        for letter in text.chars() {
            match letter {
                '"' => self.output.push_str("\\\""),
                '\\' => self.output.push_str("\\\\"),
                '\n' => self.output.push_str("\\n"),
                '\r' => self.output.push_str("\\r"),
                '\t' => self.output.push_str("\\t"),
                '\u{8}' => self.output.push_str("\\b"),
                '\u{c}' => self.output.push_str("\\f"),
                _ if (letter as u32) < 0x20 || (self.ascii && !(' '..='~').contains(&letter)) => {
                    for unit in letter.encode_utf16(&mut [0; 2]) {
                        self.output.push_str(&format!("\\u{unit:04x}"));
                    }
                }
                _ => self.output.push(letter),
            }
        }
        self.output.push('"');
    }

    fn key(&mut self, key: &Value) -> Result<(), Error> {
        match key.kind() {
            ValueKind::String => self.text(key.as_str().unwrap_or_default()),
            ValueKind::None => self.output.push_str("\"null\""),
            ValueKind::Bool => {
                self.output.push_str(if key.is_true() { "\"true\"" } else { "\"false\"" })
            }
            ValueKind::Number => {
                self.output.push('"');
                self.number(key);
                self.output.push('"');
            }
            other => return Err(refuse(format!("a key of kind {other} has no JSON form"))),
        }
        Ok(())
    }

    fn map(&mut self, state: &State, value: &Value, depth: usize) -> Result<(), Error> {
        let mut keys: Vec<Value> = value.try_iter()?.collect();
        if self.sort_keys {
            keys.sort();
        }
        self.output.push('{');
        for (at, key) in keys.iter().enumerate() {
            self.start_item(at, depth + 1);
            self.key(key)?;
            self.output.push_str(&self.key_separator);
            self.value(state, &value.get_item(key)?, depth + 1)?;
        }
        self.end(keys.is_empty(), depth, '}');
        state.consume_fuel(1)
    }

    fn sequence(&mut self, state: &State, value: &Value, depth: usize) -> Result<(), Error> {
        self.output.push('[');
        let mut empty = true;
        for (at, item) in value.try_iter()?.enumerate() {
            empty = false;
            self.start_item(at, depth + 1);
            self.value(state, &item, depth + 1)?;
        }
        self.end(empty, depth, ']');
        state.consume_fuel(1)
    }

    fn start_item(&mut self, at: usize, depth: usize) {
        if at > 0 {
            self.output.push_str(&self.item_separator);
        }
        self.new_line(depth);
    }

    fn end(&mut self, empty: bool, depth: usize, close: char) {
        if !empty {
            self.new_line(depth);
        }
        self.output.push(close);
    }

    fn new_line(&mut self, depth: usize) {
        if let Some(indent) = &self.indent {
            self.output.push('\n');
            self.output.extend(std::iter::repeat_n(indent.as_str(), depth));
        }
    }
}
