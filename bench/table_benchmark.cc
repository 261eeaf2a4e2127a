// Whole tables, as bench/encode.py leaves them in the folder that
// PGBALE_BENCH_TABLES names: NAME.copy and NAME.text, the rows in COPY's binary
// and text form, and NAME.shape, the octets of the text form and the width and
// type of each column. Speeds are in octets of the text form, whatever is
// really handled.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "format/chunk.h"
#include "format/entry_codec.h"
#include "format/wire/row_parser.h"

namespace pgbale {
namespace {

constexpr size_t kChunkRawOctets = 4 << 20;  // as a dump cuts them
constexpr size_t kPieceOctets = 8192;

struct Table {
  TableData data;
  std::vector<uint32_t> widths;
  std::string copy;  // the stream that the batches were parsed from
  std::vector<RowBatch> batches;
  uint64_t text_octets = 0;
};

// The stream of `table` in pieces, as they come from the server: text row by
// row.
template <typename Take>
void ForEachPiece(const Table& table, Take take) {
  const absl::string_view copy = table.copy;
  const bool by_lines = table.data.format == WireFormat::kText;
  for (size_t at = 0; at < copy.size();) {
    const size_t end = by_lines ? copy.find('\n', at) + 1
                                : std::min(at + kPieceOctets, copy.size());
    take(AsBytes(copy.substr(at, end - at)));
    at = end;
  }
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::shared_ptr<const Table> LoadTable(std::filesystem::path path,
                                       WireFormat format) {
  auto table = std::make_shared<Table>();
  table->data.format = format;
  std::ifstream shape(path.replace_extension("shape"));
  shape >> table->text_octets;
  DataColumn column;
  while (shape >> column.width >> column.type_oid) {
    if (format == WireFormat::kText) column.width = 0;
    table->data.columns.push_back(column);
  }
  table->widths = WidthsOf(table->data);
  const auto parser = MakeRowParser(format, table->widths);
  table->copy = ReadFile(
      path.replace_extension(format == WireFormat::kText ? "text" : "copy"));
  RowBatch batch(table->widths);
  ForEachPiece(*table, [&](Bytes piece) {
    if (!parser->Parse(piece, batch).ok()) std::abort();
    if (batch.raw_bytes() < kChunkRawOctets) return;
    table->batches.push_back(std::move(batch));
    batch = RowBatch(table->widths);
  });
  if (batch.rows() != 0) table->batches.push_back(std::move(batch));
  return table;
}

// The same, as if only the octets of its values were known.
std::shared_ptr<const Table> WithoutTypes(const Table& table) {
  auto copy = std::make_shared<Table>(table);
  for (DataColumn& column : copy->data.columns) column.type_oid = 0;
  return copy;
}

void ParseTable(benchmark::State& state,
                const std::shared_ptr<const Table>& table) {
  RowBatch batch(table->widths);
  for (auto _ : state) {
    const auto parser = MakeRowParser(table->data.format, table->widths);
    ForEachPiece(*table, [&](Bytes piece) {
      if (!parser->Parse(piece, batch).ok()) std::abort();
      if (batch.raw_bytes() >= kChunkRawOctets) batch.Clear();
    });
    batch.Clear();
  }
  state.SetBytesProcessed(
      static_cast<int64_t>(state.iterations() * table->text_octets));
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
    plan = PlanFor(table->data);
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
  ChunkPlan plan = PlanFor(table->data);
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
    const auto table = LoadTable(file.path(), WireFormat::kBinary);
    const auto text = LoadTable(file.path(), WireFormat::kText);
    const std::string name = file.path().stem();
    benchmark::RegisterBenchmark(("ParseTable/" + name).c_str(), ParseTable,
                                 table);
    benchmark::RegisterBenchmark(("ParseTextTable/" + name).c_str(), ParseTable,
                                 text);
    benchmark::RegisterBenchmark(("EncodeTable/" + name).c_str(), EncodeTable,
                                 table)
        ->Apply(AtEveryLevel);
    benchmark::RegisterBenchmark(("DecodeTable/" + name).c_str(), DecodeTable,
                                 table)
        ->Apply(AtEveryLevel);
    benchmark::RegisterBenchmark(("EncodeTextTable/" + name).c_str(),
                                 EncodeTable, text)
        ->Arg(1);
    benchmark::RegisterBenchmark(("DecodeTextTable/" + name).c_str(),
                                 DecodeTable, text)
        ->Arg(1);
    // What types cost and bring.
    benchmark::RegisterBenchmark(("EncodeUntypedTable/" + name).c_str(),
                                 EncodeTable, WithoutTypes(*table))
        ->Arg(1);
    benchmark::RegisterBenchmark(("EncodeUntypedTextTable/" + name).c_str(),
                                 EncodeTable, WithoutTypes(*text))
        ->Arg(1);
    benchmark::RegisterBenchmark(("DecodeUntypedTextTable/" + name).c_str(),
                                 DecodeTable, WithoutTypes(*text))
        ->Arg(1);
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
