// Packs that were made to harm: each is refused by name, with little memory.
#include "framework/data/pack.h"
#include "framework/data/rows.h"

#include "pack_folder.h"

namespace tuneval {
namespace {

namespace fs = std::filesystem;

using HostileRows = PackFolder;

std::string repeated(const std::string& text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST_F(HostileRows, AHugeFileIsRefusedUnread) {
  const fs::path file = write("a.jsonl", "{}\n");
  fs::resize_file(file, uintmax_t{2} << 30);  // sparse: one line of zeros, and no space taken
  EXPECT_EQ(message_of([&] { read_rows(file); }),
            at("@/a.jsonl: has 2147483648 bytes or more: expected at most 1073741824"));
}

TEST_F(HostileRows, ZerosAndArchivesAreNoRows) {
  EXPECT_NE(message_of([&] {
              read_rows(write("a.jsonl", std::string(1000, '\0')));
            }).find(at("@/a.jsonl:1: not valid JSON")),
            std::string::npos);
  const std::string zip("PK\x03\x04\x14\0\0\0\x08\0\xff\xfe", 12);
  EXPECT_EQ(message_of([&] { read_rows(write("a.jsonl", zip)); }),
            at("@/a.jsonl:1: byte 11 of the line is 0xff: not valid UTF-8"));
  EXPECT_NE(message_of([&] { read_rows(write("a.csv", zip + "\n1\n")); }).find(at("@/a.csv:1: ")),
            std::string::npos);
}

TEST_F(HostileRows, LoneSurrogatesAreFaultsInEitherSpelling) {
  EXPECT_NE(message_of([&] {
              read_rows(write("a.jsonl", R"({"x": "\ud83d"})"));
            }).find(at("@/a.jsonl:1: not valid JSON")),
            std::string::npos);
  EXPECT_EQ(message_of([&] { read_rows(write("a.jsonl", "{\"x\": \"\xED\xA0\xBD\"}")); }),
            at("@/a.jsonl:1: byte 8 of the line is 0xed: not valid UTF-8"));
}

TEST_F(HostileRows, WhatWouldTakeTheStackOrTheDayIsRefused) {
  const std::string deep = "{\"x\": " + repeated("[", 100'000) + repeated("]", 100'000) + "}";
  EXPECT_EQ(message_of([&] { read_rows(write("a.jsonl", deep)); }),
            at("@/a.jsonl:1: the JSON is nested deeper than 256"));
  std::string wide = "{\"x\": 1";
  for (int key = 0; key < 60'000; ++key) wide += ", \"" + std::to_string(key) + "\": 1";
  EXPECT_EQ(message_of([&] { read_rows(write("a.jsonl", wide + "}")); }),
            at("@/a.jsonl:1: the JSON has an object of more than 50000 keys"));
  EXPECT_NE(message_of([&] {
              read_rows(write("a.jsonl", "{\"x\": 1e999}"));
            }).find(at("@/a.jsonl:1: not valid JSON")),
            std::string::npos);
}

class HostilePack : public PackFolder {
 protected:
  HostilePack() {
    write("pack/train.jsonl", "{}\n");
    write("pack/test.jsonl", "{}\n");
    write("secret.jsonl", "{\"secret\": 1}\n");
  }
  Pack read(const std::string& train) {
    write("pack/pack.toml",
          "name = \"x\"\ntask_type = \"t\"\ndescription = \"d\"\n[files]\ntrain = \"" + train +
              "\"\n");
    return read_pack(folder / "pack");
  }
  std::string refusal(const std::string& train) {
    return message_of([&] { read(train); });
  }
  std::string leads_out(const std::string& train) {
    return at("@/pack/pack.toml: the train split is \"" + train +
              "\", which leads out of this folder: expected a file in it");
  }
};

TEST_F(HostilePack, FilesStayInItsFolder) {
  EXPECT_EQ(refusal("../secret.jsonl"), leads_out("../secret.jsonl"));
  EXPECT_EQ(refusal("none/../../secret.jsonl"), leads_out("none/../../secret.jsonl"));
  const std::string absolute = (folder / "secret.jsonl").string();
  EXPECT_EQ(refusal(absolute), leads_out(absolute));
  EXPECT_EQ(refusal("/etc/passwd"), leads_out("/etc/passwd"));
  write("pack/data/rows.jsonl", "{}\n");
  EXPECT_EQ(read("data/rows.jsonl").train, folder / "pack/data/rows.jsonl");
}

TEST_F(HostilePack, LinksStayInItsFolder) {
  fs::create_symlink(folder / "secret.jsonl", folder / "pack/link.jsonl");
  EXPECT_EQ(refusal("link.jsonl"), leads_out("link.jsonl"));
  fs::create_symlink("..", folder / "pack/up");
  EXPECT_EQ(refusal("up/secret.jsonl"), leads_out("up/secret.jsonl"));
  fs::create_symlink("train.jsonl", folder / "pack/same.jsonl");
  EXPECT_EQ(read("same.jsonl").train, folder / "pack/same.jsonl");
  // The folder itself may be reached by a link.
  fs::create_symlink(folder / "pack", folder / "alias");
  EXPECT_EQ(read_pack(folder / "alias").train, folder / "alias/same.jsonl");
  fs::create_symlink("round.jsonl", folder / "pack/round.jsonl");
  EXPECT_EQ(refusal("round.jsonl"), leads_out("round.jsonl"));
}

TEST_F(HostilePack, TheUsualNamesMayNotBeLinksOutEither) {
  fs::remove(folder / "pack/train.jsonl");
  fs::create_symlink(folder / "secret.jsonl", folder / "pack/train.jsonl");
  write("pack/pack.toml", "name = \"x\"\ntask_type = \"t\"\ndescription = \"d\"\n");
  EXPECT_EQ(message_of([&] { read_pack(folder / "pack"); }), leads_out("train.jsonl"));
}

TEST_F(HostilePack, TomlHasBounds) {
  write("pack/pack.toml", repeated("a.", 100'000) + "a = 1\n");
  EXPECT_EQ(message_of([&] { read_pack(folder / "pack"); }),
            at("@/pack/pack.toml: it has a dotted key of more than 256 parts"));
  fs::resize_file(folder / "pack/pack.toml", uintmax_t{5} << 20);
  EXPECT_EQ(message_of([&] { read_pack(folder / "pack"); }),
            at("@/pack/pack.toml: it is larger than 4 MiB"));
}

}  // namespace
}  // namespace tuneval
