//! Chat templates: the engine set up as the reference sets up its own, and the C entry points.

use std::os::raw::c_int;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Rest, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State};
use serde_json::Value as Json;

use crate::boundary::{guard, Failure, Outcome, OwnedString, View};
use crate::{bounded, generation_tags, python_json, python_methods, python_text, strftime};

/// Work one render may do: about as many steps, or 64 times as many bytes. A template without an
/// end uses it up within a second; real ones take less than a twentieth. It bounds how deep a value
/// may lie in others too, for which the stack of `bounded` must do.
const FUEL: u64 = 1_000_000;
const NAME: &str = "chat_template";

pub struct Handle {
    environment: Arc<Environment<'static>>,
    /// Set once it has passed a bound: the thread that did is not tried a second time.
    refused: AtomicBool,
}

fn raise_exception(message: Value) -> Result<Value, Error> {
    Err(Error::new(ErrorKind::InvalidOperation, python_text::str(&message)))
}

fn join(value: &Value, separator: Option<&str>, options: Kwargs) -> Result<String, Error> {
    let attribute: Option<&str> = options.get("attribute")?;
    options.assert_all_used()?;
    let mut parts = Vec::new();
    for item in value.try_iter()? {
        let item = match attribute {
            Some(name) => item.get_attr(name)?,
            None => item,
        };
        parts.push(python_text::str(&item));
    }
    Ok(parts.join(separator.unwrap_or("")))
}

/// What has a length and items, in Python's eyes: texts and mappings too.
fn is_sequence(value: &Value) -> bool {
    matches!(
        value.kind(),
        ValueKind::String | ValueKind::Seq | ValueKind::Map | ValueKind::Undefined
    )
}

fn print(output: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) => output.write_str(text)?,
        None => output.write_str(&python_text::str(value))?,
    }
    Ok(())
}

fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment.set_debug(true);
    environment.set_unknown_method_callback(python_methods::call);
    environment.set_formatter(print);
    environment.add_filter(
        "tojson",
        |state: &State, value: &Value, positional: Rest<Value>, options: Kwargs| {
            python_json::tojson(state, value, &positional, options)
        },
    );
    environment.add_filter("string", |value: &Value| python_text::str(value));
    environment.add_filter("join", join);
    environment.add_test("sequence", is_sequence);
    environment.add_test("number", |value: &Value| {
        matches!(value.kind(), ValueKind::Number | ValueKind::Bool)
    });
    environment.add_function("raise_exception", raise_exception);
    Ok(environment)
}

/// JSON → what a template sees. Mappings keep their order.
fn to_value(json: Json) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(flag) => Value::from(flag),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::from(number),
            (None, Some(number)) => Value::from(number),
            (None, None) => Value::from(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::from(text),
        Json::Array(items) => items.into_iter().map(to_value).collect::<Vec<_>>().into(),
        Json::Object(entries) => Value::from_pairs(
            entries.into_iter().map(|(key, item)| (Value::from(key), to_value(item))),
        ),
    }
}

/// The error's own words and the template's line.
fn describe(error: &Error) -> String {
    let what = match (error.kind(), error.detail()) {
        (ErrorKind::OutOfFuel, _) => {
            "it does too much work for one conversation (does it end?)".to_string()
        }
        (_, Some(detail)) => detail.to_string(),
        (kind, None) => kind.to_string(),
    };
    match error.line() {
        Some(line) => format!("line {line}: {what}"),
        None => what,
    }
}

/// Compiles within bounds: the parser calls itself once for each operator of an expression.
fn open(source: &str) -> Outcome<Handle> {
    let source = source.to_string();
    let environment = bounded::run(move || compile(&source))
        .map_err(|overrun| Failure::BadFile(format!("chat template: {overrun}")))??;
    Ok(Handle { environment: Arc::new(environment), refused: AtomicBool::new(false) })
}

fn compile(source: &str) -> Outcome<Environment<'static>> {
    let broken = |error: Error| Failure::BadFile(format!("chat template: {}", describe(&error)));
    let mut environment = environment().map_err(broken)?;
    let source = generation_tags::prepare(source)
        .map_err(|what| Failure::BadFile(format!("chat template: {what}")))?;
    environment.add_template_owned(NAME, source).map_err(broken)?;
    Ok(environment)
}

fn refuse(what: impl std::fmt::Display) -> Failure {
    Failure::BadInput(format!("chat template: {what}"))
}

/// Renders within bounds.
fn render(handle: &Handle, variables: &[u8], now: Option<i64>) -> Outcome<String> {
    if handle.refused.load(Ordering::Relaxed) {
        return Err(refuse("it passed the bounds of memory or time before: it is not run again"));
    }
    let (environment, variables) = (handle.environment.clone(), variables.to_vec());
    bounded::run(move || render_here(&environment, &variables, now)).unwrap_or_else(|overrun| {
        let again = matches!(overrun, bounded::Overrun::NoThread(_));
        handle.refused.store(!again, Ordering::Relaxed);
        Err(refuse(overrun))
    })
}

/// Whatever a value is made of is freed here too, on this stack.
fn render_here(environment: &Environment, variables: &[u8], now: Option<i64>) -> Outcome<String> {
    let variables: Json = serde_json::from_slice(variables)
        .map_err(|error| refuse(format!("the conversation is not JSON: {error}")))?;
    let Json::Object(variables) = variables else {
        return Err(refuse("expected an object of variables"));
    };
    // The time belongs to this render, so the function is a variable and not a part of the
    // environment.
    let clock = Value::from_function(move |format: &str| strftime::strftime_now(format, now));
    let variables = variables.into_iter().map(|(key, item)| (Value::from(key), to_value(item)));
    let variables = std::iter::once((Value::from("strftime_now"), clock)).chain(variables);
    let template = environment.get_template(NAME).map_err(|error| refuse(describe(&error)))?;
    template.render(Value::from_pairs(variables)).map_err(|error| refuse(describe(&error)))
}

/// # Safety
/// Pointers must be as the C header says; so for every function below.
#[no_mangle]
pub unsafe extern "C" fn tuneval_template_open(
    source: View,
    out: *mut *mut Handle,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        let source = std::str::from_utf8(source.bytes())
            .map_err(|error| Failure::BadFile(format!("chat template: {error}")))?;
        out.write(Box::into_raw(Box::new(open(source)?)));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_template_free(handle: *mut Handle) {
    if !handle.is_null() {
        guard(std::ptr::null_mut(), || {
            drop(Box::from_raw(handle));
            Ok(())
        });
    }
}

#[no_mangle]
pub unsafe extern "C" fn tuneval_template_render(
    handle: *const Handle,
    variables: View,
    now: *const i64,
    text: *mut OwnedString,
    error: *mut OwnedString,
) -> c_int {
    guard(error, || {
        text.write(render(&*handle, variables.bytes(), now.as_ref().copied())?.into());
        Ok(())
    })
}
