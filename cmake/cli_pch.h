// Precompiled for the commands: what all of them include is the parser, which is a large header.
#pragma once
#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include "host_pch.h"
#include "torch_pch.h"
