#include "engine/dump/chunk_pipeline.h"

#include <atomic>
#include <chrono>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "tests/format/archives.h"
#include "tests/support/fault_sink.h"

namespace pgbale {
namespace {

using namespace format_test;

constexpr uint64_t kBatchBytes = 1000;
constexpr uint64_t kMemoryOfBatch = 2 * kBatchBytes;

// A sink that writes nothing until it is opened.
class GateSink : public Sink {
 public:
  class Gate {
   public:
    void Open() {
      MutexLock lock(mu_);
      open_ = true;
      changed_.SignalAll();
    }
    void Pass() {
      MutexLock lock(mu_);
      while (!open_) changed_.Wait(mu_);
    }
    void Close() {
      MutexLock lock(mu_);
      open_ = false;
    }

   private:
    Mutex mu_;
    CondVar changed_;
    bool open_ ABSL_GUARDED_BY(mu_) = true;
  };

  GateSink(std::unique_ptr<Sink> inner, Gate& gate)
      : inner_(std::move(inner)), gate_(gate) {}
  absl::Status Append(Bytes data) override {
    gate_.Pass();
    return inner_->Append(data);
  }
  absl::Status Finish() override { return inner_->Finish(); }
  uint64_t position() const override { return inner_->position(); }
  absl::string_view name() const override { return inner_->name(); }

 private:
  const std::unique_ptr<Sink> inner_;
  Gate& gate_;
};

class ChunkPipelineTest : public ::testing::Test {
 protected:
  ChunkPipelineTest()
      : entries_({DataEntry(1, "t", {0}), DataEntry(2, "u", {0})}) {}

  void Open(std::unique_ptr<Sink> sink, uint64_t memory_bytes) {
    ASSERT_OK_AND_ASSIGN(writer_, ArchiveWriter::Open(std::move(sink), {}));
    ASSERT_OK(writer_->AppendEntries(entries_));
    pipeline_ = std::make_unique<ChunkPipeline>(
        *writer_, progress_, cancel_,
        ChunkPipeline::Options{.chunk = {},
                               .encoders = 2,
                               .memory_bytes = memory_bytes,
                               .batch_raw_bytes = kBatchBytes});
  }
  std::unique_ptr<Sink> Memory() { return MakeMemorySink(&octets_); }

  // A batch of one row of so many octets.
  static RowBatch OneRow(size_t octets, char content) {
    return BatchOf({0}, {{std::string(octets, content)}});
  }

  Buffer octets_;
  const std::vector<Entry> entries_;
  CancelToken cancel_;
  Progress progress_;
  std::unique_ptr<ArchiveWriter> writer_;
  std::unique_ptr<ChunkPipeline> pipeline_;
};

TEST_F(ChunkPipelineTest, AllRowsOfAllThreadsArriveOnce) {
  Open(Memory(), 20 * kMemoryOfBatch);
  constexpr size_t kThreads = 4, kBatches = 100;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([this, i] {
      BatchSource source(*pipeline_, entries_[i % 2]);
      for (size_t j = 0; j < kBatches; ++j) {
        RowBatch batch = OneRow(1 + j, static_cast<char>('a' + i));
        EXPECT_OK(source.Submit(batch));
        EXPECT_EQ(batch.rows(), 0u);
        EXPECT_EQ(batch.columns().size(), 1u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_OK(pipeline_->Finish());
  ASSERT_OK(writer_->Finish());
  EXPECT_EQ(progress_.rows, kThreads * kBatches);
  Digest expected[2];
  for (size_t i = 0; i < kThreads; ++i)
    for (size_t j = 0; j < kBatches; ++j)
      expected[i % 2] += OneRow(1 + j, static_cast<char>('a' + i)).digest();
  const VerifyReport report = Verify(octets_);
  EXPECT_THAT(report.damages, ::testing::IsEmpty());
  EXPECT_EQ(writer_->directory().tables[0].digest, expected[0]);
  EXPECT_EQ(writer_->directory().tables[1].digest, expected[1]);
}

// Chunks stand as they were ready.
TEST_F(ChunkPipelineTest, PlacesTellTheOrderOfTheSource) {
  Open(Memory(), 20 * kMemoryOfBatch);
  constexpr uint64_t kPages[] = {20, 0, 7, 8};
  std::vector<std::thread> threads;
  for (const uint64_t page : kPages) {
    threads.emplace_back([this, page] {
      BatchSource source(*pipeline_, entries_[0], page);
      for (uint64_t i = 0; i < 10; ++i) {
        RowBatch batch = BatchOf({0}, {{absl::StrCat(page * 100 + i)}});
        EXPECT_OK(source.Submit(batch));
        // It is no batch, and takes no place.
        EXPECT_OK(source.Submit(batch));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_OK(pipeline_->Finish());
  ASSERT_OK(writer_->Finish());
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenArchive(octets_));
  std::map<uint64_t, int> numbers;
  for (const ChunkRef& chunk : reader->directory().chunks) {
    ASSERT_OK_AND_ASSIGN(const RowBatch batch, reader->ReadChunk(chunk));
    numbers[chunk.place] = std::stoi(*RowsOf(batch).at(0).at(0));
  }
  ASSERT_EQ(numbers.size(), std::size(kPages) * 10);
  int last = -1;
  for (const auto& [place, number] : numbers)
    EXPECT_GT(number, std::exchange(last, number)) << place;
}

// A slow disk: rows are taken until the memory is used up, and no more.
TEST_F(ChunkPipelineTest, AStuckWriterHoldsUpNobodyWhileMemoryIsLeft) {
  GateSink::Gate gate;
  constexpr int kFit = 10, kBatches = 40;
  Open(std::make_unique<GateSink>(Memory(), gate), kFit * kMemoryOfBatch);
  gate.Close();
  std::atomic<int> taken{0};
  // Does not compress: what is encoded takes as much as its rows.
  Random random;
  const std::string content = ToString(random.Octets(kMemoryOfBatch));
  std::thread thread([&] {
    BatchSource source(*pipeline_, entries_[0]);
    for (int i = 0; i < kBatches; ++i) {
      RowBatch batch = BatchOf({0}, {{content}});
      EXPECT_OK(source.Submit(batch));
      ++taken;
    }
  });
  while (taken < kFit / 2) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_LE(taken, kFit);
  gate.Open();
  thread.join();
  ASSERT_OK(pipeline_->Finish());
  EXPECT_EQ(taken, kBatches);
  EXPECT_EQ(progress_.rows, static_cast<uint64_t>(kBatches));
}

TEST_F(ChunkPipelineTest, ARowBeyondTheMemoryPasses) {
  Open(Memory(), 2 * kMemoryOfBatch);
  {
    BatchSource source(*pipeline_, entries_[0]);
    for (int i = 0; i < 3; ++i) {
      RowBatch batch = OneRow(100 * kMemoryOfBatch, 'x');
      EXPECT_OK(source.Submit(batch));
    }
  }
  EXPECT_OK(pipeline_->Finish());
  EXPECT_EQ(progress_.rows, 3u);
}

TEST_F(ChunkPipelineTest, AFailureOfTheWriterWakesWhoWaitsForMemory) {
  // The header and the entries are written.
  Open(std::make_unique<FaultSink>(Memory(), FaultPlan{.append = 4}),
       2 * kMemoryOfBatch);
  absl::Status status;
  {
    BatchSource source(*pipeline_, entries_[0]);
    for (int i = 0; i < 100000 && status.ok(); ++i) {
      RowBatch batch = OneRow(kBatchBytes, 'x');
      status = source.Submit(batch);
    }
  }
  EXPECT_THAT(status, StatusMessageHas("injected fault"));
  EXPECT_THAT(pipeline_->Finish(), StatusMessageHas("table \"public.t\""));
}

TEST_F(ChunkPipelineTest, NothingIsWrittenAfterACancellation) {
  Open(Memory(), 4 * kMemoryOfBatch);
  cancel_.Cancel(MakeError(Failure::kCancelled, "interrupted"));
  BatchSource source(*pipeline_, entries_[0]);
  RowBatch batch = OneRow(1, 'x');
  EXPECT_THAT(source.Submit(batch), StatusMessageHas("interrupted"));
  EXPECT_THAT(pipeline_->Finish(), StatusMessageHas("interrupted"));
  EXPECT_EQ(progress_.rows, 0u);
}

TEST_F(ChunkPipelineTest, EndsWithoutFinish) {
  Open(Memory(), 4 * kMemoryOfBatch);
  {
    BatchSource source(*pipeline_, entries_[0]);
    RowBatch batch = OneRow(1, 'x');
    EXPECT_OK(source.Submit(batch));
  }
  pipeline_.reset();
  EXPECT_TRUE(cancel_.cancelled());
}

}  // namespace
}  // namespace pgbale
