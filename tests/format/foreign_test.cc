#include "format/foreign.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;
using ::testing::HasSubstr;

absl::Status ErrorOf(absl::string_view front) {
  return OpenArchive(AsBytes(front)).status();
}

TEST(Foreign, PgDumpCustomIsSentToPgRestore) {
  const absl::Status status = ErrorOf("PGDMP\1\20\0");
  EXPECT_THAT(status, FailsWith(Failure::kError));
  EXPECT_EQ(status.message(),
            "\"memory\": this is no bale but a pg_dump custom archive");
  EXPECT_THAT(HintOf(status), HasSubstr("pg_restore"));
}

TEST(Foreign, PgDumpTarIsSentToPgRestore) {
  std::string tar(512, '\0');
  tar.replace(0, 7, "toc.dat");
  tar.replace(257, 5, "ustar");
  EXPECT_THAT(HintOf(ErrorOf(tar)), HasSubstr("pg_restore"));
}

TEST(Foreign, PlainSqlIsSentToPsql) {
  EXPECT_THAT(HintOf(ErrorOf("--\n-- PostgreSQL database dump\n--\n")),
              HasSubstr("psql"));
  EXPECT_THAT(HintOf(ErrorOf("--\n-- PostgreSQL database cluster dump\n")),
              HasSubstr("psql"));
}

TEST(Foreign, CompressedFilesAreNamed) {
  EXPECT_THAT(ErrorOf("\x1f\x8b\x08"), StatusMessageHas("a gzip file"));
  EXPECT_THAT(ErrorOf("\x28\xb5\x2f\xfd"), StatusMessageHas("a zstd file"));
  EXPECT_THAT(ErrorOf("\x04\x22\x4d\x18"), StatusMessageHas("an lz4 file"));
}

TEST(Foreign, AnythingElseIsNoBale) {
  EXPECT_THAT(ErrorOf("#!/bin/sh\n"), StatusMessageHas("this is no bale"));
  EXPECT_THAT(ErrorOf("x"), FailsWith(Failure::kError));
}

TEST(Foreign, ABaleWhoseFrontIsLostIsDamaged) {
  Buffer archive = SmallArchive();
  std::fill_n(archive.begin(), BlockHeader::kSize, 'x');
  EXPECT_THAT(OpenArchive(archive), FailsWith(Failure::kDamaged));
  EXPECT_GT(Verify(archive).chunks, 0u);
  std::fill_n(archive.begin(), kForeignOctets, 0);
  EXPECT_THAT(OpenArchive(archive), FailsWith(Failure::kDamaged));
}

TEST(Foreign, AnEmptyFileIsAnIncompleteDump) {
  EXPECT_THAT(ErrorOf(""), FailsWith(Failure::kIncomplete));
  EXPECT_THAT(ErrorOf(""), StatusMessageHas("it is empty"));
}

TEST(Foreign, ATransferInTextModeIsRecognised) {
  std::string text = ToString(SmallArchive());
  text.erase(5, 1);  // the carriage return
  EXPECT_THAT(ErrorOf(text), FailsWith(Failure::kDamaged));
  EXPECT_THAT(HintOf(ErrorOf(text)), HasSubstr("text mode"));
}

}  // namespace
}  // namespace pgbale
