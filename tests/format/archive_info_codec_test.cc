#include "format/archive_info_codec.h"

#include "tests/format/archives.h"

namespace pgbale {
namespace {

using namespace format_test;

TEST(ArchiveInfoCodec, EveryFieldSurvives) {
  const ArchiveInfo info{.created_by = "pgbale 0.1.0",
                         .created_at = "2024-01-01T00:00:00Z",
                         .server_version = 160003,
                         .server_version_text = "PostgreSQL 16.3",
                         .system_identifier = "7123",
                         .database = "shop",
                         .encoding = "UTF8",
                         .collation = "de_DE",
                         .collation_version = "2.36",
                         .snapshot_lsn = "0/16B3748",
                         .snapshot_time = "2024-01-01 00:00:00+00",
                         .salvaged_at = "2024-01-02T00:00:00Z",
                         .entries_lost = 3,
                         .extensions = {{"a", "1"}, {"b", ""}, {"", "2"}}};
  ASSERT_OK_AND_ASSIGN(const ArchiveInfo decoded,
                       DecodeHeaderPayload(EncodeHeaderPayload(info)));
  EXPECT_EQ(decoded, info);
}

TEST(ArchiveInfoCodec, NothingAtAllSurvives) {
  ASSERT_OK_AND_ASSIGN(const ArchiveInfo decoded,
                       DecodeHeaderPayload(EncodeHeaderPayload({})));
  EXPECT_EQ(decoded, ArchiveInfo());
}

TEST(ArchiveInfoCodec, VersionsThatAreNotReadAreRefused) {
  Buffer payload = EncodeHeaderPayload(SmallInfo());
  payload[0] = 2;
  EXPECT_THAT(DecodeHeaderPayload(payload), FailsWith(Failure::kError));
  payload[0] = 0;
  EXPECT_THAT(DecodeHeaderPayload(payload), FailsWith(Failure::kDamaged));
  EXPECT_THAT(DecodeHeaderPayload(Bytes(payload).first(3)),
              FailsWith(Failure::kDamaged));
}

}  // namespace
}  // namespace pgbale
