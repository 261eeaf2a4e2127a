#include "base/io/file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "tests/support/random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace pgbale {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Lets no file grow beyond `bytes` while it lives, as a full disk would.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

class FileSinkTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Sink>> Open(FileSinkOptions options = {}) {
    return OpenFileSink(dir_.File("a.bale"), options);
  }
  absl::Status WriteAll(absl::string_view text, FileSinkOptions options = {}) {
    ASSIGN_OR_RETURN(const auto sink, Open(options));
    RETURN_IF_ERROR(sink->Append(AsBytes(text)));
    return sink->Finish();
  }

  const TempDir dir_;
};

TEST_F(FileSinkTest, FinishedSinkIsTheFileAndNothingElse) {
  ASSERT_OK(WriteAll("hello"));
  EXPECT_THAT(dir_.List(), ElementsAre("a.bale"));
  EXPECT_EQ(dir_.Read("a.bale"), "hello");
}

TEST_F(FileSinkTest, FileIsForItsOwnerOnly) {
  ASSERT_OK(WriteAll("hello"));
  struct stat info {};
  ASSERT_EQ(stat(dir_.File("a.bale").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
}

TEST_F(FileSinkTest, NothingStandsUnderTheNameBeforeFinish) {
  ASSERT_OK_AND_ASSIGN(const auto sink, Open());
  ASSERT_OK(sink->Append(AsBytes("hello")));
  EXPECT_THAT(dir_.List(), ElementsAre("a.bale.partial"));
}

TEST_F(FileSinkTest, UnfinishedSinkLeavesNothing) {
  {
    ASSERT_OK_AND_ASSIGN(const auto sink, Open());
    ASSERT_OK(sink->Append(AsBytes("hello")));
  }
  EXPECT_THAT(dir_.List(), IsEmpty());
}

TEST_F(FileSinkTest, UnfinishedSinkKeepsAllItHasIfTold) {
  {
    ASSERT_OK_AND_ASSIGN(const auto sink, Open({.keep_partial = true}));
    ASSERT_OK(sink->Append(AsBytes("hello")));
  }
  EXPECT_EQ(dir_.Read("a.bale.partial"), "hello");
}

TEST_F(FileSinkTest, ExistingFileIsRefusedAtOnce) {
  dir_.Write("a.bale", "old");
  const auto sink = Open();
  EXPECT_THAT(sink, FailsWith(Failure::kLocalStorage));
  EXPECT_THAT(sink, StatusMessageHas("file exists"));
  EXPECT_NE(HintOf(sink.status()).find("--overwrite"), std::string::npos);
  EXPECT_EQ(dir_.Read("a.bale"), "old");
}

TEST_F(FileSinkTest, OverwriteReplacesTheFileAtTheEnd) {
  dir_.Write("a.bale", "old");
  ASSERT_OK_AND_ASSIGN(const auto sink, Open({.overwrite = true}));
  ASSERT_OK(sink->Append(AsBytes("new")));
  EXPECT_EQ(dir_.Read("a.bale"), "old");
  ASSERT_OK(sink->Finish());
  EXPECT_EQ(dir_.Read("a.bale"), "new");
}

TEST_F(FileSinkTest, FileThatAppearedMeanwhileIsNotReplaced) {
  {
    ASSERT_OK_AND_ASSIGN(const auto sink, Open());
    dir_.Write("a.bale", "another's");
    EXPECT_THAT(sink->Finish(), FailsWith(Failure::kLocalStorage));
  }
  EXPECT_EQ(dir_.Read("a.bale"), "another's");
  EXPECT_THAT(dir_.List(), ElementsAre("a.bale"));
}

TEST_F(FileSinkTest, SecondRunIsLockedOut) {
  ASSERT_OK_AND_ASSIGN(const auto sink, Open());
  EXPECT_THAT(Open(), FailsWith(Failure::kLocked));
  EXPECT_OK(sink->Finish());
}

TEST_F(FileSinkTest, LeftOverOfAKilledRunIsNamedAndKept) {
  dir_.Write("a.bale.partial", "precious");
  const auto sink = Open();
  EXPECT_THAT(sink, FailsWith(Failure::kLocalStorage));
  EXPECT_THAT(sink, StatusMessageHas("a.bale.partial"));
  EXPECT_THAT(sink, StatusMessageHas("interrupted run"));
  EXPECT_NE(HintOf(sink.status()).find("remove it"), std::string::npos);
  EXPECT_EQ(dir_.Read("a.bale.partial"), "precious");
}

TEST_F(FileSinkTest, PartialThatIsALinkIsNotFollowed) {
  dir_.Write("victim", "x");
  ASSERT_EQ(symlink("victim", dir_.File("a.bale.partial").c_str()), 0);
  EXPECT_THAT(Open(), FailsWith(Failure::kLocalStorage));
  EXPECT_EQ(dir_.Read("victim"), "x");
}

TEST_F(FileSinkTest, LinkUnderTheNameIsRefusedEvenWithOverwrite) {
  dir_.Write("other", "x");
  ASSERT_EQ(symlink("other", dir_.File("a.bale").c_str()), 0);
  EXPECT_THAT(Open({.overwrite = true}), StatusMessageHas("symbolic link"));
  EXPECT_EQ(dir_.Read("other"), "x");
}

TEST_F(FileSinkTest, DirectoryUnderTheNameIsRefused) {
  mkdir(dir_.File("a.bale").c_str(), 0700);
  EXPECT_THAT(Open({.overwrite = true}), StatusMessageHas("is a directory"));
}

TEST_F(FileSinkTest, MissingDirectoryIsNamed) {
  const auto sink = OpenFileSink(dir_.File("no/a.bale"), {});
  EXPECT_THAT(sink, FailsWith(Failure::kLocalStorage));
  EXPECT_THAT(sink, StatusMessageHas(dir_.File("no/").c_str()));
}

TEST_F(FileSinkTest, DirectoryAsNameIsRefused) {
  EXPECT_THAT(OpenFileSink(dir_.path() + "/", {}),
              FailsWith(Failure::kLocalStorage));
}

TEST_F(FileSinkTest, RelativeNameIsInTheWorkingDirectory) {
  const int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(chdir(dir_.path().c_str()), 0);
  const auto sink = OpenFileSink("b.bale", {});
  ASSERT_EQ(fchdir(before), 0);
  close(before);
  ASSERT_OK(sink);
  ASSERT_OK((*sink)->Finish());
  EXPECT_THAT(dir_.List(), ElementsAre("b.bale"));
}

TEST_F(FileSinkTest, DeviceIsWrittenAsItIs) {
  ASSERT_OK_AND_ASSIGN(const auto sink, OpenFileSink("/dev/null", {}));
  ASSERT_OK(sink->Append(AsBytes("hello")));
  EXPECT_OK(sink->Finish());
}

TEST_F(FileSinkTest, AnyMixOfSizesComesOutInOrder) {
  Random random;
  Buffer expected;
  ASSERT_OK_AND_ASSIGN(const auto sink, Open({.sync = false}));
  for (int i = 0; i < 200; ++i) {
    const Buffer piece =
        random.Octets(random.OneIn(20) ? 700'000 : random.Skewed(16));
    Append(expected, piece);
    ASSERT_OK(sink->Append(piece));
    ASSERT_EQ(sink->position(), expected.size());
  }
  ASSERT_OK(sink->Finish());
  EXPECT_EQ(dir_.Read("a.bale"), ToString(expected));
}

TEST_F(FileSinkTest, FullDiskNamesFileNeedAndFree) {
  {
    ASSERT_OK_AND_ASSIGN(const auto sink, Open());
    const FileSizeLimit limit(1 << 20);
    const absl::Status status = sink->Append(Buffer(2 << 20));
    EXPECT_THAT(status, FailsWith(Failure::kLocalStorage));
    EXPECT_THAT(status, StatusMessageHas("a.bale"));
    EXPECT_THAT(status, StatusMessageHas("1 MiB or more needed"));
    EXPECT_THAT(status, StatusMessageHas("free"));
  }
  EXPECT_THAT(dir_.List(), IsEmpty());
}

TEST_F(FileSinkTest, FullDiskAtFinishLeavesNothing) {
  {
    ASSERT_OK_AND_ASSIGN(const auto sink, Open());
    const FileSizeLimit limit(10);
    ASSERT_OK(sink->Append(Buffer(100)));
    EXPECT_THAT(sink->Finish(), FailsWith(Failure::kLocalStorage));
  }
  EXPECT_THAT(dir_.List(), IsEmpty());
}

TEST(DescriptorSink, WritesToAPipeAndLeavesItOpen) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const auto sink = MakeDescriptorSink(ends[1], "pipe");
  ASSERT_OK(sink->Append(AsBytes("hello")));
  ASSERT_OK(sink->Finish());
  char text[6] = "";
  EXPECT_EQ(read(ends[0], text, 5), 5);
  EXPECT_STREQ(text, "hello");
  EXPECT_EQ(close(ends[1]), 0);
  close(ends[0]);
}

TEST(DescriptorSink, PipeThatNobodyReadsIsAnError) {
  const auto handler = std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  const auto sink = MakeDescriptorSink(ends[1], "standard output");
  const absl::Status status = sink->Append(Buffer(1 << 20));
  EXPECT_THAT(status, FailsWith(Failure::kLocalStorage));
  EXPECT_THAT(status, StatusMessageHas("standard output"));
  close(ends[1]);
  std::signal(SIGPIPE, handler);
}

TEST(DescriptorSink, WaitsOnANonBlockingPipe) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK), 0);
  fcntl(ends[0], F_SETFL, 0);
  size_t got = 0;
  std::thread reader([&got, fd = ends[0]] {
    char buffer[4096];
    for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;)
      got += static_cast<size_t>(n);
  });
  const auto sink = MakeDescriptorSink(ends[1], "pipe");
  EXPECT_OK(sink->Append(Buffer(1 << 20)));
  EXPECT_OK(sink->Finish());
  close(ends[1]);
  reader.join();
  EXPECT_EQ(got, size_t{1} << 20);
  close(ends[0]);
}

TEST(FileSource, ReadsAnyRange) {
  const TempDir dir;
  ASSERT_OK_AND_ASSIGN(const auto source,
                       OpenFileSource(dir.Write("a", "abcdef")));
  EXPECT_EQ(source->size(), 6u);
  Buffer out(3);
  ASSERT_OK(source->ReadAt(2, absl::MakeSpan(out)));
  EXPECT_EQ(AsText(out), "cde");
}

TEST(FileSource, ReadPastTheEndIsIncomplete) {
  const TempDir dir;
  ASSERT_OK_AND_ASSIGN(const auto source,
                       OpenFileSource(dir.Write("a", "abc")));
  Buffer out(2);
  EXPECT_THAT(source->ReadAt(2, absl::MakeSpan(out)),
              FailsWith(Failure::kIncomplete));
  EXPECT_THAT(source->ReadAt(~0ull, absl::MakeSpan(out)),
              FailsWith(Failure::kIncomplete));
}

TEST(FileSource, FileThatShrankIsIncomplete) {
  const TempDir dir;
  const std::string path = dir.Write("a", "abcdef");
  ASSERT_OK_AND_ASSIGN(const auto source, OpenFileSource(path));
  ASSERT_EQ(truncate(path.c_str(), 3), 0);
  Buffer out(6);
  EXPECT_THAT(source->ReadAt(0, absl::MakeSpan(out)),
              FailsWith(Failure::kIncomplete));
}

TEST(FileSource, MissingFileIsNotFound) {
  const TempDir dir;
  EXPECT_THAT(OpenFileSource(dir.File("no")), FailsWith(Failure::kNotFound));
  EXPECT_THAT(OpenFileSource(dir.Write("a", "") + "/b"),
              FailsWith(Failure::kNotFound));
}

TEST(FileSource, WhatIsNoFileIsRefusedByWhatItIs) {
  const TempDir dir;
  EXPECT_THAT(OpenFileSource(dir.path()), StatusMessageHas("a directory"));
  EXPECT_THAT(OpenFileSource("/dev/null"), StatusMessageHas("device"));
  ASSERT_EQ(mkfifo(dir.File("f").c_str(), 0600), 0);
  EXPECT_THAT(OpenFileSource(dir.File("f")), StatusMessageHas("a FIFO"));
  EXPECT_THAT(HintOf(OpenFileSource(dir.File("f")).status()),
              testing::HasSubstr("\"-\""));
  ASSERT_EQ(mknod(dir.File("s").c_str(), S_IFSOCK | 0600, 0), 0);
  EXPECT_THAT(OpenFileSource(dir.File("s")), StatusMessageHas("a socket"));
}

TEST(FileSource, ManyThreadsReadAtOnce) {
  const TempDir dir;
  Random random;
  const std::string text = ToString(random.Octets(1 << 20));
  ASSERT_OK_AND_ASSIGN(const auto source, OpenFileSource(dir.Write("a", text)));
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (size_t at = t * 100; at + 5000 < text.size(); at += 5000) {
        Buffer out(5000);
        ASSERT_OK(source->ReadAt(at, absl::MakeSpan(out)));
        ASSERT_EQ(AsText(out), absl::string_view(text).substr(at, 5000));
      }
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace pgbale
