#include "engine/bench/peers.h"

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A folder with programs that tell a version and know some compressions.
class PeersTest : public ::testing::Test {
 protected:
  void WriteProgram(const char* name, const std::string& script) {
    const std::string path = dir_.Write(name, "#!/bin/sh\n" + script);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  void WritePrograms(const char* version, const char* unknown) {
    WriteProgram("pg_restore", "");
    WriteProgram("pg_dump",
                 absl::StrCat("case \"$*\" in\n"
                              "--version) echo 'pg_dump (PostgreSQL) ",
                              version, "';;\n*", unknown,
                              "*) echo 'no such compression' >&2; exit 1;;\n"
                              "*) echo 'no server' >&2; exit 1;;\nesac\n"));
  }
  absl::StatusOr<std::vector<Peer>> Find(std::vector<PeerFormat> formats) {
    CancelToken cancel;
    return FindPeers(
        {.folders = {dir_.path()}, .formats = std::move(formats), .jobs = 3},
        cancel);
  }

  const TempDir dir_;
};

TEST_F(PeersTest, NewOnesCompressByZstd) {
  WritePrograms("17.6 (Debian 17.6-1)", "nothing");
  const auto peers = Find({PeerFormat::kDirectory});
  ASSERT_OK(peers.status());
  ASSERT_EQ(peers->size(), 1u);
  EXPECT_EQ(peers->front().name, "pg_dump 17.6 -Fd zstd:1");
  EXPECT_THAT(peers->front().dump, ElementsAre(dir_.File("pg_dump"), "-Fd",
                                               "-j3", "--compress=zstd:1"));
  EXPECT_THAT(peers->front().restore,
              ElementsAre(dir_.File("pg_restore"), "-j3"));
}

TEST_F(PeersTest, OnesWithoutZstdTakeLz4) {
  WritePrograms("18beta1", "zstd");
  EXPECT_EQ(Find({PeerFormat::kDirectory})->front().name,
            "pg_dump 18beta1 -Fd lz4");
}

TEST_F(PeersTest, OldOnesTakeTheFastestGzip) {
  WritePrograms("15.3", "zstd");
  const auto peers = Find({PeerFormat::kDirectory});
  EXPECT_EQ(peers->front().name, "pg_dump 15.3 -Fd gzip:1");
  EXPECT_EQ(peers->front().dump.back(), "--compress=1");
}

TEST_F(PeersTest, TheDefaultOfTheCustomFormatIsLeftAsItIs) {
  WritePrograms("17.6", "nothing");
  EXPECT_THAT(Find({PeerFormat::kCustom})->front().dump,
              ElementsAre(dir_.File("pg_dump"), "-Fc"));
}

TEST_F(PeersTest, AFolderWithoutOneOfThemIsAnErrorThatNamesIt) {
  WriteProgram("pg_dump", "");
  EXPECT_THAT(Find({PeerFormat::kDirectory}),
              StatusMessageHas(
                  absl::StrCat("there is no \"", dir_.File("pg_restore"))));
}

TEST_F(PeersTest, WhatTellsNoVersionIsNoPeer) {
  WriteProgram("pg_dump", "echo hello");
  WriteProgram("pg_restore", "");
  EXPECT_THAT(Find({PeerFormat::kDirectory}),
              StatusMessageHas("does not tell its version"));
}

TEST(PeerFormats, AreALetterEach) {
  EXPECT_THAT(*ParsePeerFormats("d,c"),
              ElementsAre(PeerFormat::kDirectory, PeerFormat::kCustom));
  EXPECT_THAT(*ParsePeerFormats("none"), IsEmpty());
  EXPECT_THAT(ParsePeerFormats("t"), FailsWith(Failure::kUsage));
}

}  // namespace
}  // namespace pgbale
