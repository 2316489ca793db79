// What the loader says of each plugin in the gallery, and of files that are no plugins at all.
#include "framework/loader/loader.h"
#include "tuneval/error.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The error of loading `file` into a registry that must come out of it unchanged.
std::string error_of(const fs::path& file, Registry registry = {}) {
  const size_t entries = registry.entries().size();
  try {
    load_plugin(registry, file);
  } catch (const PluginError& error) {
    EXPECT_EQ(registry.entries().size(), entries);
    EXPECT_FALSE(registry.has_metric("left_behind"));
    EXPECT_THAT(error.what(), StartsWith(file.string() + ": "));
    return error.what();
  }
  ADD_FAILURE() << file << " was loaded";
  return {};
}

fs::path gallery(const std::string& name) { return fs::path(TUNEVAL_REFUSED_DIR) / (name + ".so"); }
fs::path accuracy() { return fs::path(TUNEVAL_PLUGIN_DIR) / "accuracy.so"; }

class RefusedPlugin : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove(MARKER);
    folder_ = fs::path(testing::TempDir()) / ("refused_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, std::string_view bytes) const {
    const fs::path file = folder_ / name;
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }

  /// The accuracy plugin with one field of its ELF header changed.
  template <typename Change>
  fs::path write_changed(const std::string& name, Change change) const {
    std::string bytes = bytes_of(accuracy());
    change(*reinterpret_cast<Elf64_Ehdr*>(bytes.data()));
    return write(name, bytes);
  }

  fs::path folder_;
};

TEST_F(RefusedPlugin, AWholeOneIsLoaded) {
  Registry registry;
  const LoadedPlugin plugin = load_plugin(registry, accuracy());
  EXPECT_EQ(plugin.name, "accuracy");
  EXPECT_TRUE(registry.has_metric("accuracy"));
}

TEST_F(RefusedPlugin, OtherLibTorchIsNamedAndNoneOfItsCodeRuns) {
  EXPECT_THAT(error_of(gallery("other_libtorch")),
              AllOf(HasSubstr("is built for another tuneval: LibTorch 2.11.0 in place of 2."),
                    HasSubstr("build it again against this one's SDK"),
                    Not(HasSubstr("SDK headers")), Not(HasSubstr("flavour"))));
  EXPECT_FALSE(fs::exists(MARKER));
}

TEST_F(RefusedPlugin, OtherTagsNameWhatDiffers) {
  EXPECT_THAT(error_of(gallery("other_flavour")),
              HasSubstr("another tuneval: build flavour debugstl in place of "));
  EXPECT_THAT(error_of(gallery("other_headers")),
              HasSubstr("another tuneval: SDK headers 000000000000 in place of "));
  EXPECT_THAT(error_of(gallery("other_api")),
              AllOf(HasSubstr("another tuneval: plugin API 99 in place of 1, SDK headers ")));
  EXPECT_THAT(error_of(gallery("unknown_tag")),
              HasSubstr("another tuneval: tuneval_abi_of_the_future in place of tuneval_abi_"));
  EXPECT_FALSE(fs::exists(MARKER));
}

TEST_F(RefusedPlugin, WithoutATagNoneOfItsCodeRuns) {
  EXPECT_THAT(error_of(gallery("no_tag")),
              HasSubstr("is no tuneval plugin: it exports no ABI tag"));
  EXPECT_FALSE(fs::exists(MARKER));
}

TEST_F(RefusedPlugin, TwoTags) {
  EXPECT_THAT(error_of(gallery("two_tags")), HasSubstr("exports 2 ABI tags (tuneval_abi_"));
  EXPECT_FALSE(fs::exists(MARKER));
}

TEST_F(RefusedPlugin, NoDoorOrNothingBehindIt) {
  EXPECT_THAT(error_of(gallery("no_door")),
              HasSubstr("has an ABI tag but does not export tuneval_plugin_door"));
  EXPECT_THAT(error_of(gallery("null_descriptor")),
              HasSubstr("tuneval_plugin_door returns no descriptor"));
}

TEST_F(RefusedPlugin, WrongDescriptor) {
  EXPECT_THAT(error_of(gallery("small_descriptor")),
              HasSubstr("its descriptor has 16 bytes: expected 40"));
  EXPECT_THAT(error_of(gallery("other_api_version")),
              HasSubstr("its descriptor says plugin API 99: expected 1"));
  EXPECT_THAT(
      error_of(gallery("other_descriptor_tag")),
      HasSubstr("its descriptor's ABI tag is not the one it exports: build flavour debugstl"));
  EXPECT_THAT(error_of(gallery("null_name")), HasSubstr("its descriptor's name is null"));
  EXPECT_THAT(error_of(gallery("null_register_all")),
              HasSubstr("its descriptor's register_all is null"));
}

TEST_F(RefusedPlugin, NameThatIsNotTheFiles) {
  EXPECT_THAT(error_of(gallery("misnamed")),
              HasSubstr("calls itself \"well_named\": expected \"misnamed\""));
}

TEST_F(RefusedPlugin, NameTakenByItself) {
  EXPECT_THAT(error_of(gallery("registers_twice")),
              AllOf(HasSubstr("plugin \"registers_twice\" fails to register: "),
                    HasSubstr("registers metric \"twin\" a second time")));
}

TEST_F(RefusedPlugin, NameTakenByAnother) {
  Registry registry;
  load_plugin(registry, accuracy());
  EXPECT_THAT(
      error_of(gallery("takes_accuracy"), std::move(registry)),
      AllOf(HasSubstr("plugin \"takes_accuracy\" registers metric \"accuracy\" a second time: "
                      "plugin \"accuracy\" ("),
            HasSubstr("accuracy.so) did before")));
}

TEST_F(RefusedPlugin, NullMetric) {
  EXPECT_THAT(error_of(gallery("registers_null")),
              HasSubstr("metric \"nothing\" is registered with nothing"));
}

TEST_F(RefusedPlugin, ThrowingRegister) {
  EXPECT_THAT(error_of(gallery("throws_exception")),
              HasSubstr("plugin \"throws_exception\" fails to register: no licence file"));
  // The marker's own proof: where the tag is right, a static constructor runs.
  EXPECT_TRUE(fs::exists(MARKER));
  EXPECT_THAT(
      error_of(gallery("throws_int")),
      HasSubstr("plugin \"throws_int\" fails to register: it throws what is no std::exception"));
}

TEST_F(RefusedPlugin, UnresolvedSymbolAndLibrary) {
  EXPECT_THAT(error_of(gallery("unresolved_symbol")),
              HasSubstr("needs the symbol elsewhere::weigh(int), which neither it nor a library"));
  std::string bytes = bytes_of(accuracy());
  const size_t needed = bytes.find("libtuneval_sdk.so");
  ASSERT_NE(needed, std::string::npos);
  bytes.replace(needed, 17, "libtuneval_gone.so", 17);
  EXPECT_THAT(error_of(write("accuracy.so", bytes)),
              HasSubstr("needs the library libtuneval_gone.s, which is not found"));
}

TEST_F(RefusedPlugin, NoFile) {
  EXPECT_THAT(error_of(folder_ / "gone.so"), HasSubstr("there is no such file"));
  fs::create_directory(folder_ / "folder.so");
  EXPECT_THAT(error_of(folder_ / "folder.so"), HasSubstr("is not a regular file"));
  const std::vector<fs::path> gone = {folder_ / "gone"};
  EXPECT_THROW(load_plugins(gone), PluginError);
}

TEST_F(RefusedPlugin, NoElfFile) {
  EXPECT_THAT(error_of(write("empty.so", "")), HasSubstr("is empty"));
  EXPECT_THAT(error_of(write("text.so", "#!/bin/sh\nexit 0\n")),
              HasSubstr("is not a plugin: not an ELF file"));
  EXPECT_THAT(error_of(write("short.so", "MZ")), HasSubstr("is not a plugin: not an ELF file"));
}

TEST_F(RefusedPlugin, CutOffElfFile) {
  const std::string bytes = bytes_of(accuracy());
  EXPECT_THAT(error_of(write("cut.so", bytes.substr(0, bytes.size() / 2))),
              HasSubstr("is cut off: it has " + std::to_string(bytes.size() / 2) +
                        " bytes, its section table ends at byte "));
  EXPECT_THAT(error_of(write("head.so", bytes.substr(0, 20))),
              HasSubstr("is cut off: it has 20 bytes, fewer than an ELF header"));
}

TEST_F(RefusedPlugin, ElfFileOfAnotherKind) {
  EXPECT_THAT(error_of(write_changed("narrow.so", [](auto& elf) { elf.e_ident[EI_CLASS] = 1; })),
              HasSubstr("is a 32-bit file: expected 64-bit"));
  EXPECT_THAT(error_of(write_changed("big.so", [](auto& elf) { elf.e_ident[EI_DATA] = 2; })),
              HasSubstr("is big-endian: expected little-endian"));
  EXPECT_THAT(error_of(write_changed("riscv.so", [](auto& elf) { elf.e_machine = EM_RISCV; })),
              HasSubstr("is built for RISC-V: expected "));
  EXPECT_THAT(error_of(write_changed("object.so", [](auto& elf) { elf.e_type = ET_REL; })),
              HasSubstr("is not a shared library"));
}

TEST_F(RefusedPlugin, DamagedElfFile) {
  const auto write_damaged = [&](const std::string& name, auto change) {
    std::string bytes = bytes_of(accuracy());
    const auto& elf = *reinterpret_cast<const Elf64_Ehdr*>(bytes.data());
    auto* sections = reinterpret_cast<Elf64_Shdr*>(bytes.data() + elf.e_shoff);
    for (int i = 0; i < elf.e_shnum; ++i) {
      if (sections[i].sh_type == SHT_DYNSYM) change(sections, sections[i]);
    }
    return write(name, bytes);
  };
  const std::string message = "is damaged: its symbol table cannot be read";
  using Section = Elf64_Shdr;
  EXPECT_THAT(
      error_of(write_damaged(
          "far.so", [](auto*, Section& symbols) { symbols.sh_offset = uint64_t{1} << 40; })),
      HasSubstr(message));
  EXPECT_THAT(error_of(write_damaged(
                  "huge.so", [](auto*, Section& symbols) { symbols.sh_size = ~uint64_t{0} / 2; })),
              HasSubstr(message));
  EXPECT_THAT(error_of(write_damaged("linked.so",
                                     [](auto*, Section& symbols) { symbols.sh_link = 60000; })),
              HasSubstr(message));
  EXPECT_THAT(error_of(write_damaged("texts.so",
                                     [](auto* sections, Section& symbols) {
                                       sections[symbols.sh_link].sh_offset = ~uint64_t{0} - 1;
                                     })),
              HasSubstr(message));
  EXPECT_THAT(error_of(write_damaged("none.so",
                                     [](auto*, Section& symbols) { symbols.sh_type = SHT_NULL; })),
              HasSubstr("it exports no ABI tag"));
}

TEST_F(RefusedPlugin, OneInAFolderStopsTheLoading) {
  fs::copy_file(accuracy(), folder_ / "accuracy.so");
  fs::copy_file(gallery("no_door"), folder_ / "no_door.so");
  const std::vector<fs::path> folders = {folder_};
  EXPECT_THROW(load_plugins(folders), PluginError);
  fs::remove(folder_ / "no_door.so");
  EXPECT_EQ(load_plugins(folders).entries().size(), 1u);
}

}  // namespace
}  // namespace tuneval
