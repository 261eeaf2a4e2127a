// Whole tables, as bench/encode.py leaves them in the folder that
// PGBALE_BENCH_TABLES names: NAME.copy, the rows in COPY's binary form, and
// NAME.shape, the octets of its text form and the width of each column. Speeds
// are in octets of the text form, whatever is really handled.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "format/chunk.h"
#include "format/wire/row_parser.h"

namespace pgbale {
namespace {

constexpr size_t kChunkRawOctets = 4 << 20;  // as a dump cuts them
constexpr size_t kPieceOctets = 8192;

struct Table {
  std::vector<uint32_t> widths;
  std::vector<RowBatch> batches;
  uint64_t text_octets = 0;
};

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::shared_ptr<const Table> LoadTable(const std::filesystem::path& path) {
  auto table = std::make_shared<Table>();
  std::ifstream shape(std::filesystem::path(path).replace_extension("shape"));
  shape >> table->text_octets;
  for (uint32_t width; shape >> width;) table->widths.push_back(width);
  const auto parser = MakeRowParser(WireFormat::kBinary, table->widths);
  const std::string copy = ReadFile(path);
  RowBatch batch(table->widths);
  for (size_t at = 0; at < copy.size(); at += kPieceOctets) {
    const auto piece = absl::string_view(copy).substr(at, kPieceOctets);
    if (!parser->Parse(AsBytes(piece), batch).ok()) std::abort();
    if (batch.raw_bytes() < kChunkRawOctets) continue;
    table->batches.push_back(std::move(batch));
    batch = RowBatch(table->widths);
  }
  if (batch.rows() != 0) table->batches.push_back(std::move(batch));
  return table;
}

// The encodings that were chosen: "10(1,5,0) 4 …".
std::string Describe(const EncodingPlan& plan) {
  std::string text = std::to_string(plan.id);
  for (size_t i = 0; i < plan.parts.size(); ++i)
    text += (i == 0 ? "(" : ",") + Describe(plan.parts[i]);
  return plan.parts.empty() ? text : text + ")";
}

void EncodeTable(benchmark::State& state,
                 const std::shared_ptr<const Table>& table) {
  size_t stored = 0;
  ChunkPlan plan;
  for (auto _ : state) {
    plan = ChunkPlan();
    stored = 0;
    for (const RowBatch& batch : table->batches) {
      stored += EncodeChunk(batch, {static_cast<int>(state.range(0))}, plan)
                    .payload.size();
    }
  }
  state.SetBytesProcessed(
      static_cast<int64_t>(state.iterations() * table->text_octets));
  std::string label;
  for (const EncodingPlan& column : plan.columns)
    label += Describe(column) + " ";
  state.SetLabel(label);
  state.counters["ratio"] =
      static_cast<double>(table->text_octets) / static_cast<double>(stored);
}

// One column of it; octets are those of its values.
void EncodeColumn(benchmark::State& state,
                  const std::shared_ptr<const Table>& table, size_t index) {
  size_t stored = 0, octets = 0;
  EncodingPlan plan;
  for (auto _ : state) {
    stored = octets = 0;
    for (const RowBatch& batch : table->batches) {
      Buffer body;
      StreamWriter out(static_cast<int>(state.range(0)), body);
      EncodeValues(batch.columns()[index], plan, out);
      stored += body.size();
      octets += batch.columns()[index].values().size();
    }
  }
  state.SetLabel(Describe(plan));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * octets));
  state.counters["ratio"] =
      static_cast<double>(octets) / static_cast<double>(stored + 1);
}

void DecodeTable(benchmark::State& state,
                 const std::shared_ptr<const Table>& table) {
  std::vector<Buffer> chunks;
  ChunkPlan plan;
  for (const RowBatch& batch : table->batches) {
    chunks.push_back(
        EncodeChunk(batch, {static_cast<int>(state.range(0))}, plan).payload);
  }
  for (auto _ : state) {
    for (const Buffer& chunk : chunks)
      benchmark::DoNotOptimize(DecodeChunk(chunk, table->widths));
  }
  state.SetBytesProcessed(
      static_cast<int64_t>(state.iterations() * table->text_octets));
}

// The highest takes a minute for a table: name what is wanted by
// --benchmark_filter.
void AtEveryLevel(benchmark::internal::Benchmark* benchmark) {
  for (const int level : {0, 1, 3, 6, 9, 19}) benchmark->Arg(level);
}

const int kRegistered = [] {
  const char* const folder = std::getenv("PGBALE_BENCH_TABLES");
  if (folder == nullptr) return 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".copy") continue;
    const auto table = LoadTable(file.path());
    const std::string name = file.path().stem();
    benchmark::RegisterBenchmark(("EncodeTable/" + name).c_str(), EncodeTable,
                                 table)
        ->Apply(AtEveryLevel);
    benchmark::RegisterBenchmark(("DecodeTable/" + name).c_str(), DecodeTable,
                                 table)
        ->Apply(AtEveryLevel);
    for (size_t i = 0; i < table->widths.size(); ++i) {
      benchmark::RegisterBenchmark(
          ("EncodeColumn/" + name + "/" + std::to_string(i + 1)).c_str(),
          EncodeColumn, table, i)
          ->Arg(1);
    }
  }
  return 0;
}();

}  // namespace
}  // namespace pgbale
