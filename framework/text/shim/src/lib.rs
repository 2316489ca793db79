//! Tokenizers, grammars, chat templates and safetensors headers behind the C header `tuneval_text.h`.

mod boundary;
mod bounded;
mod chat_template;
mod generation_tags;
mod grammar;
mod python_json;
mod python_methods;
mod python_text;
mod safetensors_file;
mod strftime;
mod token_bytes;
mod tokenizer;
mod tokenizer_files;
