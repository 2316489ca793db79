// Precompiled for every test that needs LibTorch.
#pragma once
#include "test_pch.h"
#include "torch_pch.h"
