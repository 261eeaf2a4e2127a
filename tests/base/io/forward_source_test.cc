#include "base/io/forward_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

#include "base/io/memory.h"
#include "tests/support/status_matchers.h"

namespace pgbale {
namespace {

using ::testing::AllOf;

// What a pipe into which `text` was written gives, from a source of it.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(ends_.data()), 0); }
  ~Pipe() {
    close(ends_[0]);
    CloseWriter();
  }
  int reader() const { return ends_[0]; }
  void Write(const std::string& text) const {
    EXPECT_EQ(write(ends_[1], text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }
  void CloseWriter() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_ = {-1, -1};
};

std::string Read(ForwardSource& source, uint64_t position, size_t octets) {
  Buffer out(octets);
  const absl::StatusOr<size_t> got =
      source.ReadUpTo(position, MutableBytes(out));
  EXPECT_OK(got);
  out.resize(got.value_or(0));
  return ToString(out);
}

TEST(ForwardSource, GivesWhatThereIsOfAFile) {
  const auto source = MakeForwardSource(MakeMemorySource(AsBytes("abcdef")));
  EXPECT_EQ(Read(*source, 1, 3), "bcd");
  EXPECT_EQ(Read(*source, 4, 10), "ef");
  EXPECT_EQ(Read(*source, 6, 1), "");
  EXPECT_EQ(Read(*source, ~0ull, 1), "");
}

TEST(ForwardSource, ReadsAPipeAgainUntilItIsReleased) {
  Pipe pipe;
  CancelToken cancel;
  pipe.Write("abcdef");
  pipe.CloseWriter();
  const auto source = MakeDescriptorSource(pipe.reader(), "pipe", cancel);
  EXPECT_EQ(Read(*source, 0, 4), "abcd");
  EXPECT_EQ(Read(*source, 2, 4), "cdef");
  source->Release(4);
  source->Release(1);
  EXPECT_EQ(Read(*source, 4, 9), "ef");
  EXPECT_EQ(Read(*source, 6, 1), "");
}

TEST(ForwardSource, WaitsForThePipesWriter) {
  Pipe pipe;
  CancelToken cancel;
  const auto source = MakeDescriptorSource(pipe.reader(), "pipe", cancel);
  std::thread writer([&pipe] {
    pipe.Write("ab");
    usleep(10000);
    pipe.Write("cd");
  });
  EXPECT_EQ(Read(*source, 0, 4), "abcd");
  writer.join();
}

TEST(ForwardSource, ManyMegabytesOfAPipeAreThoseThatWereWritten) {
  Pipe pipe;
  CancelToken cancel;
  std::string text(3 << 20, ' ');
  for (size_t i = 0; i < text.size(); ++i)
    text[i] = static_cast<char>(i * 7 + i / 1000);
  std::thread writer([&] {
    for (size_t i = 0; i < text.size(); i += 4096)
      pipe.Write(text.substr(i, 4096));
    pipe.CloseWriter();
  });
  const auto source = MakeDescriptorSource(pipe.reader(), "pipe", cancel);
  std::string read;
  while (read.size() < text.size()) {
    const std::string piece = Read(*source, read.size(), 70001);
    if (piece.empty()) break;
    read += piece;
    source->Release(read.size());
  }
  writer.join();
  EXPECT_TRUE(read == text);
}

TEST(ForwardSource, WaitingForAPipeEndsWhenItIsCancelled) {
  Pipe pipe;
  CancelToken cancel;
  const auto source = MakeDescriptorSource(pipe.reader(), "pipe", cancel);
  std::thread stopper(
      [&] { cancel.Cancel(MakeError(Failure::kInterrupted, "stopped")); });
  Buffer out(1);
  EXPECT_THAT(source->ReadUpTo(0, MutableBytes(out)),
              FailsWith(Failure::kInterrupted));
  stopper.join();
}

TEST(ForwardSource, WhatCannotBeReadIsAnErrorThatNamesIt) {
  CancelToken cancel;
  const int folder = open("/", O_RDONLY | O_DIRECTORY);
  const auto source = MakeDescriptorSource(folder, "folder", cancel);
  Buffer out(1);
  EXPECT_THAT(source->ReadUpTo(0, MutableBytes(out)),
              AllOf(FailsWith(Failure::kLocalStorage),
                    StatusMessageHas("\"folder\": cannot read")));
  close(folder);
}

}  // namespace
}  // namespace pgbale
