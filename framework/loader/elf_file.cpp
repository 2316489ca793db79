#include "framework/loader/elf_file.h"

#include "framework/loader/refuse.h"
#include "tuneval/error.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

namespace tuneval {

namespace {

namespace fs = std::filesystem;

/// What this file's own code is built for.
#if defined(__x86_64__)
constexpr uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kMachine = EM_AARCH64;
#else
#error "tuneval is built for x86-64 and AArch64"
#endif

std::string machine_name(uint16_t machine) {
  switch (machine) {
    case EM_X86_64: return "x86-64";
    case EM_AARCH64: return "AArch64";
    case EM_386: return "i386";
    case EM_ARM: return "ARM";
    case EM_RISCV: return "RISC-V";
    case EM_PPC64: return "PowerPC64";
    case EM_S390: return "S/390";
    default: return fmt::format("machine {}", machine);
  }
}

Elf64_Ehdr read_header(const fs::path& file, uintmax_t size) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) refuse(file, "cannot be read");
  Elf64_Ehdr header{};
  stream.read(reinterpret_cast<char*>(&header), sizeof header);
  const bool elf = stream.gcount() >= SELFMAG && !std::memcmp(header.e_ident, ELFMAG, SELFMAG);
  if (!elf) refuse(file, "is not a plugin: not an ELF file");
  if (stream.gcount() < std::streamsize(sizeof header)) {
    refuse(file, fmt::format("is cut off: it has {} bytes, fewer than an ELF header", size));
  }
  return header;
}

/// Sections stand at a file's end: a file that was cut off lacks them.
void check_length(const fs::path& file, const Elf64_Ehdr& header, uintmax_t size) {
  const uintmax_t end = header.e_shoff + uintmax_t{header.e_shnum} * header.e_shentsize;
  if (header.e_shoff > size || end > size) {
    refuse(file, fmt::format("is cut off: it has {} bytes, its section table ends at byte {}", size,
                             end));
  }
}

/// A file's bytes, read in parts that must lie inside of it.
class ElfReader {
 public:
  explicit ElfReader(const fs::path& file) : file_(file), bytes_(slurp(file)) {}

  /// `count` structs at `offset`; the file is damaged where they are not all inside.
  template <typename T>
  std::vector<T> read(uint64_t offset, uint64_t count) const {
    if (offset > bytes_.size() || count > (bytes_.size() - offset) / sizeof(T)) damaged();
    std::vector<T> values(count);
    if (count > 0) std::memcpy(values.data(), bytes_.data() + offset, count * sizeof(T));
    return values;
  }
  /// The string that begins at `offset` of a string table.
  std::string text(const Elf64_Shdr& table, uint64_t offset) const {
    const bool inside = table.sh_offset < bytes_.size() && offset < table.sh_size &&
                        offset < bytes_.size() - table.sh_offset;
    const size_t begin = inside ? table.sh_offset + offset : bytes_.size();
    const size_t end = bytes_.find('\0', begin);
    if (end == std::string::npos) damaged();
    return bytes_.substr(begin, end - begin);
  }
  [[noreturn]] void damaged() const {
    refuse(file_, "is damaged: its symbol table cannot be read");
  }

 private:
  static std::string slurp(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  const fs::path& file_;
  std::string bytes_;
};

/// Defined here, and seen from outside.
bool is_exported(const Elf64_Sym& symbol) {
  const unsigned visibility = ELF64_ST_VISIBILITY(symbol.st_other);
  return symbol.st_shndx != SHN_UNDEF && ELF64_ST_BIND(symbol.st_info) != STB_LOCAL &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

}  // namespace

void check_elf_file(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status)) refuse(file, "there is no such file");
  if (!fs::is_regular_file(status)) refuse(file, "is not a regular file");
  const uintmax_t size = fs::file_size(file);
  if (size == 0) refuse(file, "is empty");

  const Elf64_Ehdr header = read_header(file, size);
  if (header.e_ident[EI_CLASS] != ELFCLASS64) refuse(file, "is a 32-bit file: expected 64-bit");
  if (header.e_ident[EI_DATA] != ELFDATA2LSB) refuse(file, "is big-endian: expected little-endian");
  if (header.e_machine != kMachine) {
    refuse(file, fmt::format("is built for {}: expected {}", machine_name(header.e_machine),
                             machine_name(kMachine)));
  }
  if (header.e_type != ET_DYN) refuse(file, "is not a shared library");
  check_length(file, header, size);
}

std::vector<std::string> read_dynamic_symbols(const fs::path& file) {
  check_elf_file(file);
  const ElfReader reader(file);
  const Elf64_Ehdr header = reader.read<Elf64_Ehdr>(0, 1).front();
  if (header.e_shentsize != sizeof(Elf64_Shdr)) reader.damaged();
  const auto sections = reader.read<Elf64_Shdr>(header.e_shoff, header.e_shnum);
  std::vector<std::string> names;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_DYNSYM) continue;
    if (section.sh_link >= sections.size()) reader.damaged();
    const Elf64_Shdr& texts = sections[section.sh_link];
    const uint64_t count = section.sh_size / sizeof(Elf64_Sym);
    for (const Elf64_Sym& symbol : reader.read<Elf64_Sym>(section.sh_offset, count)) {
      if (is_exported(symbol)) names.push_back(reader.text(texts, symbol.st_name));
    }
  }
  return names;
}

}  // namespace tuneval
