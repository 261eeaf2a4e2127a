// A little language for archives: entries in the order of a restore, named by
// words.
//
//   Archive archive;
//   archive.Table("t", "CREATE TABLE public.t (a integer)");
//   archive.Rows("t", {4}, {{Octets(1)}});
//   archive.Index("t", "i", "CREATE INDEX i ON public.t (a)");

#ifndef PGBALE_TESTS_RESTORE_ENTRIES_H_
#define PGBALE_TESTS_RESTORE_ENTRIES_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/io/memory.h"
#include "format/archive_reader.h"
#include "format/archive_writer.h"
#include "format/chunk.h"
#include "format/directory.h"
#include "tests/format/archives.h"
#include "tests/support/status_matchers.h"

namespace pgbale::restore_test {

using format_test::Octets;
using Rows = std::vector<format_test::Row>;
using Widths = std::vector<uint32_t>;

class Archive {
 public:
  Archive() { info_ = format_test::SmallInfo(); }

  // Each adds one entry, whose references below are by these names. An entry
  // may be changed further until the next one is added.
  Entry& Add(const std::string& name, Section section,
             const std::vector<std::string>& create) {
    Entry& entry = entries_.emplace_back();
    entry.id = static_cast<uint32_t>(entries_.size());
    entry.kind = "THING";
    entry.name = name;
    entry.section = section;
    entry.create = create;
    if (!ids_.contains(name)) ids_[name] = entry.id;
    return entry;
  }
  Entry& Schema(const std::string& name) {
    Entry& entry =
        Add(name, Section::kPreData, {absl::StrCat("CREATE SCHEMA ", name)});
    entry.kind = "SCHEMA";
    SetDrop(entry, "SCHEMA", name);
    return entry;
  }
  Entry& Type(const std::string& name, const std::string& sql = "") {
    Entry& entry = Add(name, Section::kPreData, {sql});
    entry.kind = "TYPE";
    entry.schema = "public";
    SetDrop(entry, "TYPE", absl::StrCat("public.", name));
    return entry;
  }
  Entry& Table(const std::string& name, const std::string& sql = "",
               const std::string& schema = "public") {
    Entry& entry = Add(name, Section::kPreData, {sql});
    entry.kind = "TABLE";
    entry.schema = schema;
    entry.is_relation = true;
    SetDrop(entry, "TABLE", absl::StrCat(schema, ".", name));
    return entry;
  }
  Entry& Sequence(const std::string& name) {
    Entry& entry = Table(name, absl::StrCat("CREATE SEQUENCE public.", name));
    entry.kind = "SEQUENCE";
    SetDrop(entry, "SEQUENCE", absl::StrCat("public.", name));
    return entry;
  }
  // A part of `table`: a default, an index, a comment, ….
  Entry& Part(const std::string& table, const std::string& name,
              Section section, const std::string& sql = "") {
    const Entry owner = At(table);
    Entry& entry = Add(name, section, {sql});
    entry.schema = owner.schema;
    entry.relation = owner.name;
    entry.parent = owner.id;
    entry.depends = {owner.id};
    return entry;
  }
  Entry& Index(const std::string& table, const std::string& name,
               const std::string& sql = "") {
    Entry& entry = Part(table, name, Section::kPostData, sql);
    entry.kind = "INDEX";
    entry.shared_locks = {IdOf(table)};
    return entry;
  }
  Entry& Key(const std::string& table, const std::string& name,
             const std::string& sql = "") {
    Entry& entry = Part(table, name, Section::kPostData, sql);
    entry.kind = "CONSTRAINT";
    entry.locks = {IdOf(table)};
    return entry;
  }
  // Lets an entry be made in steps: first `create`, shared, then `finish`.
  // `undo` takes `create` back.
  static void InSteps(Entry& entry, const std::string& create,
                      const std::string& undo, const std::string& finish) {
    const std::vector<uint32_t> table = {entry.parent};
    entry.steps = {{.create = {create}, .undo = {undo}, .shared_locks = table},
                   {.create = {finish}, .locks = table, .quick = true}};
  }
  // A foreign key to the key `target` of another table.
  Entry& ForeignKey(const std::string& table, const std::string& name,
                    const std::string& target, const std::string& sql = "") {
    const Entry key = At(target);
    Entry& entry = Part(table, name, Section::kPostData, sql);
    entry.kind = "FK CONSTRAINT";
    entry.locks = {IdOf(table), key.parent};
    entry.depends = {IdOf(table), key.parent, key.id};
    return entry;
  }
  // Rows in binary.
  Entry& Data(const std::string& table, const Widths& widths, Rows rows) {
    Entry& entry = Part(table, absl::StrCat("rows of ", table), Section::kData);
    const uint32_t id = entry.id;
    entry.kind = "TABLE DATA";
    entry.name = table;
    entry.aspect = Aspect::kData;
    entry.create.clear();
    entry.data.emplace();
    entry.data->schema = entry.schema;
    entry.data->relation = table;
    entry.data->format = WireFormat::kBinary;
    const char* const names = "abcdefgh";
    for (size_t i = 0; i < widths.size(); ++i)
      entry.data->columns.push_back(
          {std::string(1, names[i]), "anything", widths[i]});
    rows_[id] = std::move(rows);
    return entry;
  }
  // Makes `partition` one of `table`.
  Entry& Attach(const std::string& table, const std::string& partition) {
    Entry& entry =
        Part(partition, absl::StrCat("attach ", partition), Section::kPreData,
             absl::StrCat("ALTER TABLE ONLY public.", table,
                          " ATTACH PARTITION public.", partition, " DEFAULT"));
    entry.depends.push_back(IdOf(table));
    entry.locks = {IdOf(partition), IdOf(table)};
    return entry;
  }
  // Lets the rows of `partition` go through `root`.
  void GoThrough(const std::string& root, const std::string& partition) {
    TableData& data = *At(RowsOf(partition)).data;
    data.relation = root;
    data.via_root = true;
  }
  // Text values.
  Entry& TextData(const std::string& table, size_t columns, Rows rows) {
    Entry& entry = Data(table, Widths(columns), std::move(rows));
    entry.data->format = WireFormat::kText;
    return entry;
  }

  const std::vector<Entry>& entries() const { return entries_; }
  uint32_t IdOf(const std::string& name) const { return ids_.at(name); }
  // The data entry of a table.
  uint32_t RowsOf(const std::string& table) const {
    return IdOf(absl::StrCat("rows of ", table));
  }
  const Entry& At(const std::string& name) const {
    return entries_[IdOf(name) - 1];
  }
  Entry& At(uint32_t id) { return entries_[id - 1]; }
  ArchiveInfo& info() { return info_; }

  // The octets of the archive.
  Buffer Write() const {
    Buffer octets;
    auto writer = ArchiveWriter::Open(MakeMemorySink(&octets), info_);
    EXPECT_OK(writer);
    EXPECT_OK((*writer)->AppendEntries(entries_));
    for (const auto& [id, rows] : rows_) {
      Widths widths;
      for (const DataColumn& column : entries_[id - 1].data->columns)
        widths.push_back(column.width);
      // Two chunks where there are rows enough.
      const auto middle =
          rows.begin() + static_cast<ptrdiff_t>(rows.size() / 2);
      std::vector<std::pair<uint64_t, Rows>> parts = {
          {0, Rows(rows.begin(), middle)}, {1, Rows(middle, rows.end())}};
      if (backwards_) std::swap(parts[0], parts[1]);
      for (const auto& [place, part] : parts)
        AppendChunk(**writer, id, widths, place, part);
    }
    EXPECT_OK((*writer)->Finish());
    return octets;
  }
  std::unique_ptr<ArchiveReader> Open() const {
    auto reader = ArchiveReader::Open(MakeMemorySource(Write()));
    EXPECT_OK(reader);
    return *std::move(reader);
  }
  // What Write would put into the directory, without chunks.
  pgbale::Directory Directory() const {
    pgbale::Directory directory;
    for (const auto& [id, rows] : rows_) {
      TableTotals totals;
      totals.entry_id = id;
      totals.rows = rows.size();
      totals.raw_bytes = bytes_.contains(id) ? bytes_.at(id) : 100;
      directory.tables.push_back(totals);
    }
    return directory;
  }
  // Lets Directory say that the rows of `table` are so many octets.
  void Pretend(const std::string& table, uint64_t bytes) {
    bytes_[RowsOf(table)] = bytes;
  }
  // Lets the last chunk of each table stand first in the archive.
  void StoreBackwards() { backwards_ = true; }

 private:
  static void AppendChunk(ArchiveWriter& writer, uint32_t id,
                          const Widths& widths, uint64_t place,
                          const Rows& rows) {
    if (rows.empty()) return;
    RowBatch batch = format_test::BatchOf(widths, rows);
    batch.set_place(place);
    EXPECT_OK(writer.AppendChunk(id, EncodeChunk(batch, {})));
  }

  static void SetDrop(Entry& entry, const std::string& type,
                      const std::string& name) {
    entry.drop = {absl::StrCat("DROP ", type, " ", name)};
    entry.drop_if_exists = {absl::StrCat("DROP ", type, " IF EXISTS ", name)};
  }

  ArchiveInfo info_;
  std::vector<Entry> entries_;
  std::map<std::string, uint32_t> ids_;
  std::map<uint32_t, Rows> rows_;
  std::map<uint32_t, uint64_t> bytes_;
  bool backwards_ = false;
};

}  // namespace pgbale::restore_test

#endif  // PGBALE_TESTS_RESTORE_ENTRIES_H_
