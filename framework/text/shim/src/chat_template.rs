//! Chat templates: the engine set up as the reference sets up its own, and the C entry points.

use std::os::raw::c_int;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Rest, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State};
use serde_json::Value as Json;

use crate::boundary::{guard, Failure, Outcome, OwnedString, View};
use crate::{generation_tags, python_json, python_methods, python_text, strftime};

/// Work one render may do: about as many steps, or 64 times as many bytes. A template without an
/// end uses it up within seconds; real ones take less than a hundredth.
const FUEL: u64 = 5_000_000;
/// Address space, not memory: only what is used is taken.
const COMPILER_STACK: usize = 256 << 20;
const NAME: &str = "chat_template";

pub struct Handle {
    environment: Environment<'static>,
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

/// Compiles on a stack of its own: the parser calls itself once for each operator of an expression.
fn open(source: &str) -> Outcome<Handle> {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new()
            .stack_size(COMPILER_STACK)
            .spawn_scoped(scope, || compile(source))
            .map_err(|error| {
                Failure::BadFile(format!("chat template: no thread to compile it: {error}"))
            })?;
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn compile(source: &str) -> Outcome<Handle> {
    let broken = |error: Error| Failure::BadFile(format!("chat template: {}", describe(&error)));
    let mut environment = environment().map_err(broken)?;
    let source = generation_tags::prepare(source)
        .map_err(|what| Failure::BadFile(format!("chat template: {what}")))?;
    environment.add_template_owned(NAME, source).map_err(broken)?;
    Ok(Handle { environment })
}

fn render(handle: &Handle, variables: &[u8], now: Option<i64>) -> Outcome<String> {
    let refuse = |what: String| Failure::BadInput(format!("chat template: {what}"));
    let variables: Json = serde_json::from_slice(variables)
        .map_err(|error| refuse(format!("the conversation is not JSON: {error}")))?;
    let Json::Object(variables) = variables else {
        return Err(refuse("expected an object of variables".into()));
    };
    // The time belongs to this render, so the function is a variable and not a part of the
    // environment.
    let clock = Value::from_function(move |format: &str| strftime::strftime_now(format, now));
    let variables = variables.into_iter().map(|(key, item)| (Value::from(key), to_value(item)));
    let variables = std::iter::once((Value::from("strftime_now"), clock)).chain(variables);
    let template =
        handle.environment.get_template(NAME).map_err(|error| refuse(describe(&error)))?;
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
