//! `{% generation %}` … `{% endgeneration %}` marks the assistant's part of a template for training
//! masks. The engine does not know the tag, so it is rewritten to `{% with %}`: it renders its
//! contents as they are and, as in the reference, what is set inside stays inside.

/// Bounds that no real template comes near: what stays inside them is compiled without running out
/// of stack.
const MAX_SOURCE: usize = 1 << 20;
const MAX_UNQUOTED: usize = 1 << 14;

/// The template with its line ends made `\n` and the generation tags rewritten; or why it is
/// refused.
pub fn prepare(source: &str) -> Result<String, String> {
    if source.len() > MAX_SOURCE {
        return Err(format!("it has {} bytes: expected at most {MAX_SOURCE}", source.len()));
    }
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    let mut output = String::with_capacity(source.len());
    let mut rest = source.as_str();
    while let Some(start) = rest.find('{') {
        let (before, tag) = rest.split_at(start);
        output.push_str(before);
        let length = match tag.as_bytes().get(1) {
            Some(b'#') => tag.find("#}").map_or(tag.len(), |end| end + 2),
            Some(b'{') => tag_length(tag, "}}")?,
            Some(b'%') => tag_length(tag, "%}")?,
            _ => 1,
        };
        let (tag, after) = tag.split_at(length);
        rest = after;
        match tag.starts_with("{%").then(|| tag_word(tag)).flatten() {
            Some("raw") => {
                output.push_str(tag);
                let raw = raw_length(rest);
                output.push_str(&rest[..raw]);
                rest = &rest[raw..];
            }
            Some("generation") => output.push_str(&tag.replacen("generation", "with", 1)),
            Some("endgeneration") => output.push_str(&tag.replacen("endgeneration", "endwith", 1)),
            _ => output.push_str(tag),
        }
    }
    output.push_str(rest);
    Ok(output)
}

/// Bytes up to and with `close`, which does not count inside a quoted text.
fn tag_length(tag: &str, close: &str) -> Result<usize, String> {
    let bytes = tag.as_bytes();
    let mut quote = None;
    let mut unquoted = 0;
    let mut at = 2;
    while at < bytes.len() {
        match quote {
            Some(_) if bytes[at] == b'\\' => at += 1,
            Some(open) if bytes[at] == open => quote = None,
            Some(_) => {}
            None if bytes[at..].starts_with(close.as_bytes()) => return Ok(at + close.len()),
            None if matches!(bytes[at], b'"' | b'\'') => quote = Some(bytes[at]),
            None => unquoted += 1,
        }
        if unquoted > MAX_UNQUOTED {
            return Err(format!("a tag has more than {MAX_UNQUOTED} bytes of code"));
        }
        at += 1;
    }
    Ok(tag.len())
}

/// The first word of a block tag.
fn tag_word(tag: &str) -> Option<&str> {
    let inner = tag.strip_prefix("{%")?.trim_start_matches(['-', '+']).trim_start();
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    Some(&inner[..end])
}

/// Bytes before the `{% endraw %}` that ends a raw block.
fn raw_length(text: &str) -> usize {
    text.match_indices("{%")
        .find(|(at, _)| tag_word(&text[*at..]) == Some("endraw"))
        .map_or(text.len(), |(at, _)| at)
}
