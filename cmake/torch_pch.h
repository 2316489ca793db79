// Precompiled for every file that needs LibTorch: the narrow headers that most of them include.
#pragma once
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/nn/module.h>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>
