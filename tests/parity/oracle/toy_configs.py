"""Configurations of the toy models: what each one shows is in README.md."""
from transformers import Gemma3Config, Gemma3TextConfig, Lfm2Config, LlamaConfig, Qwen3Config

SMALL = dict(vocab_size=96, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
             num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256,
             bos_token_id=1, eos_token_id=2, pad_token_id=0)
DEFAULT_ROPE = {"rope_type": "default"}


def qwen3(theta=1e6, rope=DEFAULT_ROPE, **changes):
    return Qwen3Config(**{**SMALL, "head_dim": 16, "use_sliding_window": False,
                          "rope_parameters": {**rope, "rope_theta": theta}, **changes})


def llama(theta=1e5, rope=DEFAULT_ROPE, **changes):
    return LlamaConfig(**{**SMALL, "rope_parameters": {**rope, "rope_theta": theta},
                          "rms_norm_eps": 1e-5, **changes})


def gemma3(theta=1e6, local_theta=1e4, rope=DEFAULT_ROPE, **changes):
    return Gemma3TextConfig(**{
        **SMALL, "hidden_size": 24, "intermediate_size": 40, "num_hidden_layers": 3,
        "rope_parameters": {
            "full_attention": {**rope, "rope_theta": theta},
            "sliding_attention": {**DEFAULT_ROPE, "rope_theta": local_theta}}, **changes})


def gemma3_with_vision():
    """A text part inside a config that has a vision part too, as the models of 4B and more."""
    text = gemma3(theta=3e3, local_theta=50.0, num_key_value_heads=2, head_dim=10, sliding_window=6,
                  query_pre_attn_scalar=7, num_hidden_layers=2, hidden_size=28,
                  layer_types=["sliding_attention", "full_attention"])
    vision = dict(hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1,
                  image_size=8, patch_size=4, num_channels=3, vision_use_head=False)
    # image tokens are ids that no row holds
    return Gemma3Config(text_config=text, vision_config={**vision, "model_type":
                                                         "siglip_vision_model"},
                        mm_tokens_per_image=4, image_token_index=3, boi_token_index=4,
                        eoi_token_index=5, eos_token_id=2, bos_token_id=1, pad_token_id=0)


def lfm2(theta=1e6, **changes):
    return Lfm2Config(**{**SMALL, "hidden_size": 24, "num_hidden_layers": 4,
                         "rope_parameters": {**DEFAULT_ROPE, "rope_theta": theta}, **changes})


LLAMA3_ROPE = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
               "high_freq_factor": 4.0, "original_max_position_embeddings": 64}
# at head_dim 16 and theta 1000 four of eight frequencies stay, the others are blended
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 4096}
YARN_FINE = {**YARN, "factor": 6.5, "attention_factor": 0.8,
             "original_max_position_embeddings": 64, "beta_fast": 6.0,
             "beta_slow": 0.25, "truncate": False}

CONFIGS = {
    # head_dim is not hidden_size / heads
    "qwen3_tied": qwen3(tie_word_embeddings=True),
    # one key-value head, sizes without a power of two
    "qwen3_untied": qwen3(theta=1e4, vocab_size=101, hidden_size=40, intermediate_size=52,
                          head_dim=6, num_key_value_heads=1, tie_word_embeddings=False),
    "qwen3_bias": qwen3(attention_bias=True, num_key_value_heads=4, head_dim=8,
                        tie_word_embeddings=False),
    # six query heads on two key-value heads
    "qwen3_yarn": qwen3(theta=1e4, rope=YARN_FINE, hidden_size=30, intermediate_size=44,
                        num_attention_heads=6, head_dim=10, tie_word_embeddings=True),
    # as SmolLM2: three query heads on one key-value head
    "llama_smol": llama(hidden_size=36, intermediate_size=56, num_attention_heads=3,
                        num_key_value_heads=1, tie_word_embeddings=True),
    # at head_dim 16 the wavelengths 6, 32 and 167 tokens fall in the three parts of the scaling
    "llama_rope3": llama(theta=5e5, rope=LLAMA3_ROPE, head_dim=16, tie_word_embeddings=True),
    "llama_bias": llama(theta=1e4, attention_bias=True, mlp_bias=True, tie_word_embeddings=False),
    "llama_linear": llama(theta=1e4, rope={"rope_type": "linear", "factor": 4.0}, head_dim=12,
                          tie_word_embeddings=False),
    "llama_yarn": llama(theta=1e3, rope=YARN, hidden_size=25, intermediate_size=40,
                        num_attention_heads=5, num_key_value_heads=5, head_dim=16,
                        tie_word_embeddings=True),
    # the window is shorter than most rows, the layers' kinds in no regular order
    "gemma3_window": gemma3(num_key_value_heads=1, head_dim=8, sliding_window=6,
                            query_pre_attn_scalar=12, tie_word_embeddings=True,
                            layer_types=["sliding_attention", "full_attention",
                                         "sliding_attention"]),
    # every third layer is global and scaled
    "gemma3_pattern": gemma3(theta=1e5, local_theta=1e2, head_dim=10, num_attention_heads=2,
                             num_key_value_heads=2, hidden_size=26, intermediate_size=37,
                             sliding_window=5, query_pre_attn_scalar=10, num_hidden_layers=4,
                             rope={"rope_type": "linear", "factor": 8.0},
                             sliding_window_pattern=3, tie_word_embeddings=True),
    "gemma3_untied": gemma3(theta=1e3, local_theta=20.0, vocab_size=101, hidden_size=30,
                            num_attention_heads=6, head_dim=6, sliding_window=2,
                            query_pre_attn_scalar=9, tie_word_embeddings=False,
                            layer_types=["full_attention", "sliding_attention",
                                         "sliding_attention"]),
    "gemma3_vision": gemma3_with_vision(),
    # the feed-forward width becomes 48
    "lfm2_indices": lfm2(full_attn_idxs=[1, 3], block_ff_dim=67, block_multiple_of=16),
    "lfm2_types": lfm2(theta=1e4, vocab_size=101, hidden_size=36, num_attention_heads=3,
                       num_key_value_heads=1, num_hidden_layers=3, conv_L_cache=5, conv_bias=True,
                       block_auto_adjust_ff_dim=False, intermediate_size=37,
                       layer_types=["conv", "conv", "full_attention"]),
    # the feed-forward width becomes 56, attention comes first
    "lfm2_untied": lfm2(theta=3e2, num_hidden_layers=3, num_attention_heads=2, hidden_size=20,
                        conv_L_cache=2, block_ff_dim=60, block_ffn_dim_multiplier=1.3,
                        block_multiple_of=8, tie_embedding=False,
                        layer_types=["full_attention", "conv", "conv"]),
}
