#pragma once

namespace tuneval {

/// How a piece of text is meant: a renderer with colours shows it.
enum class Tone { plain, good, bad, faint };

}  // namespace tuneval
