#include "base/io/memory.h"

#include "tests/support/fault_sink.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

TEST(MemorySink, AppendsToWhatIsThere) {
  Buffer out = {9};
  const auto sink = MakeMemorySink(&out);
  ASSERT_OK(sink->Append(AsBytes("ab")));
  ASSERT_OK(sink->Append(AsBytes("c")));
  EXPECT_OK(sink->Finish());
  EXPECT_EQ(sink->position(), 3u);
  EXPECT_EQ(AsText(Bytes(out).subspan(1)), "abc");
}

TEST(MemorySource, ReadsAnyRange) {
  const auto source = MakeMemorySource(AsBytes("abcdef"));
  Buffer out(3);
  ASSERT_OK(source->ReadAt(2, absl::MakeSpan(out)));
  EXPECT_EQ(AsText(out), "cde");
  EXPECT_EQ(source->size(), 6u);
}

TEST(MemorySource, ReadPastTheEndIsIncomplete) {
  const auto source = MakeMemorySource(AsBytes("abc"));
  Buffer out(2);
  EXPECT_THAT(source->ReadAt(2, absl::MakeSpan(out)),
              FailsWith(Failure::kIncomplete));
  EXPECT_THAT(source->ReadAt(~0ull, absl::MakeSpan(out)),
              FailsWith(Failure::kIncomplete));
}

TEST(MemorySource, NothingCanBeReadAtTheEnd) {
  const auto source = MakeMemorySource(AsBytes("abc"));
  EXPECT_OK(source->ReadAt(3, MutableBytes()));
}

TEST(FaultSink, WritesUpToTheOctetAndFails) {
  Buffer out;
  FaultSink sink(MakeMemorySink(&out), {.octets = 3});
  ASSERT_OK(sink.Append(AsBytes("ab")));
  EXPECT_THAT(sink.Append(AsBytes("cd")), FailsWith(Failure::kLocalStorage));
  EXPECT_EQ(AsText(out), "abc");
}

TEST(FaultSink, FailsAtTheNthAppend) {
  Buffer out;
  FaultSink sink(MakeMemorySink(&out), {.append = 1});
  ASSERT_OK(sink.Append(AsBytes("ab")));
  EXPECT_THAT(sink.Append(AsBytes("cd")), FailsWith(Failure::kLocalStorage));
}

}  // namespace
}  // namespace pgbale
