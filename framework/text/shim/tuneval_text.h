/* The C surface of the text shim. No call panics, throws or keeps global state.
 *
 * Views (tuneval_view) are borrowed for the call and need no terminating zero. Owned values come
 * back through pointers and are given back to the free function of their kind; freeing a zeroed
 * value does nothing. Every function that can fail returns a tuneval_status and, where that is not
 * TUNEVAL_OK, sets *error to an owned message and leaves its other results untouched.
 */
#ifndef TUNEVAL_TEXT_H_
#define TUNEVAL_TEXT_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tuneval_status {
  TUNEVAL_OK = 0,
  TUNEVAL_BAD_FILE = 1,  /* a file, a template or a tokenizer is broken */
  TUNEVAL_BAD_INPUT = 2, /* the text or conversation handed in cannot be served */
  TUNEVAL_INTERNAL = 3   /* a fault of the shim or a library, caught at the boundary */
} tuneval_status;

typedef struct tuneval_view {
  const char* data;
  size_t size;
} tuneval_view;

typedef struct tuneval_string {
  char* data; /* UTF-8, no terminating zero */
  size_t size;
} tuneval_string;

typedef struct tuneval_ids {
  int64_t* data;
  size_t size;
} tuneval_ids;

void tuneval_string_free(tuneval_string string);
void tuneval_ids_free(tuneval_ids ids);

/* --- tokenizers: a handle may be used by many threads at once --- */

typedef struct tuneval_tokenizer tuneval_tokenizer;

/* Reads tokenizer.json, or vocab.json and merges.txt, of the folder at path `folder`. */
tuneval_status tuneval_tokenizer_open(tuneval_view folder, tuneval_tokenizer** tokenizer,
                                      tuneval_string* error);
void tuneval_tokenizer_free(tuneval_tokenizer* tokenizer);

tuneval_status tuneval_tokenizer_encode(const tuneval_tokenizer* tokenizer, tuneval_view text,
                                        int add_special_tokens, tuneval_ids* ids,
                                        tuneval_string* error);

/* The ids of all texts, one after the other, and how many each text has. */
tuneval_status tuneval_tokenizer_encode_batch(const tuneval_tokenizer* tokenizer,
                                              const tuneval_view* texts, size_t count,
                                              int add_special_tokens, tuneval_ids* ids,
                                              tuneval_ids* lengths, tuneval_string* error);

tuneval_status tuneval_tokenizer_decode(const tuneval_tokenizer* tokenizer, const int64_t* ids,
                                        size_t count, int skip_special_tokens, tuneval_string* text,
                                        tuneval_string* error);

/* *id is -1 where there is no such token. */
tuneval_status tuneval_tokenizer_token_to_id(const tuneval_tokenizer* tokenizer, tuneval_view token,
                                             int64_t* id, tuneval_string* error);

/* *found is 0 where there is no such id. */
tuneval_status tuneval_tokenizer_id_to_token(const tuneval_tokenizer* tokenizer, int64_t id,
                                             int* found, tuneval_string* token,
                                             tuneval_string* error);

/* Number of tokens and largest id, added tokens included. */
tuneval_status tuneval_tokenizer_size(const tuneval_tokenizer* tokenizer, size_t* tokens,
                                      int64_t* max_id, tuneval_string* error);

/* --- grammars: what an answer may be, token by token --- */

typedef struct tuneval_vocabulary tuneval_vocabulary;
typedef struct tuneval_grammar tuneval_grammar;
typedef struct tuneval_row tuneval_row;

/* A tokenizer's tokens as grammars see them; any of `ends` ends an answer. The tokenizer may be
 * freed before it, and it before its grammars. Fails where a token does not stand for bytes. */
tuneval_status tuneval_vocabulary_open(const tuneval_tokenizer* tokenizer, const int64_t* ends,
                                       size_t count, tuneval_vocabulary** vocabulary,
                                       tuneval_string* error);
void tuneval_vocabulary_free(tuneval_vocabulary* vocabulary);

/* `lark` is a grammar in llguidance's Lark dialect, in which JSON Schemas may stand; its first rule
 * is called `answer`. A grammar may be used by many threads at once. */
tuneval_status tuneval_grammar_open(const tuneval_vocabulary* vocabulary, tuneval_view lark,
                                    tuneval_grammar** grammar, tuneval_string* error);
void tuneval_grammar_free(tuneval_grammar* grammar);

/* One answer from its beginning; it may outlive the grammar. For one thread at a time. */
tuneval_status tuneval_grammar_start(const tuneval_grammar* grammar, tuneval_row** row,
                                     tuneval_string* error);
void tuneval_row_free(tuneval_row* row);

/* Bit i % 32 of words[i / 32] is set where the token i may come next; the bits of end tokens are
 * never set. *complete: whether the answer may end here. `count` words must hold the tokenizer's
 * largest id and every end token. */
tuneval_status tuneval_row_mask(tuneval_row* row, uint32_t* words, size_t count, int* complete,
                                tuneval_string* error);

/* Takes in a token that the mask allows. */
tuneval_status tuneval_row_advance(tuneval_row* row, int64_t id, tuneval_string* error);

/* Takes back the last `count` tokens. */
tuneval_status tuneval_row_retreat(tuneval_row* row, size_t count, tuneval_string* error);

/* --- chat templates: a handle may be used by many threads at once --- */

typedef struct tuneval_template tuneval_template;

tuneval_status tuneval_template_open(tuneval_view source, tuneval_template** chat_template,
                                     tuneval_string* error);
void tuneval_template_free(tuneval_template* chat_template);

/* `variables` is a JSON object: what the template sees. `now` holds the seconds since 1970 that
 * strftime_now shows, in UTC; where it is null, strftime_now shows the local time. */
tuneval_status tuneval_template_render(const tuneval_template* chat_template,
                                       tuneval_view variables, const int64_t* now,
                                       tuneval_string* text, tuneval_string* error);

/* --- safetensors --- */

/* *header: {"tensors": [{"name", "dtype", "shape", "begin", "end"}], "metadata": {}}, tensors in
 * the order of their data, offsets counted from the start of the file. The data is not read. */
tuneval_status tuneval_safetensors_read(tuneval_view path, tuneval_string* header,
                                        tuneval_string* error);

/* Bytes of one element; 0 for a dtype that is unknown or smaller than a byte. */
uint64_t tuneval_safetensors_element_size(tuneval_view dtype);

#ifdef __cplusplus
}
#endif

#endif /* TUNEVAL_TEXT_H_ */
