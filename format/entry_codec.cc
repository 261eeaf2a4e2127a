#include "format/entry_codec.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "format/constants.h"
#include "format/errors.h"
#include "format/fields.h"

namespace pgbale {

// In the namespace of what they describe, to be found there by fields.h.
template <typename Io>
void Describe(Io& io, Either<DataColumn> auto& column) {
  io.Text(1, column.name);
  io.Text(3, column.type);
  io.Number(5, column.width);
  io.Number(6, column.type_oid);
}

template <typename Io>
void Describe(Io& io, Either<TableData> auto& data) {
  io.Enum(1, data.target, DataTarget::kRelation, DataTarget::kLargeObjects);
  io.Text(3, data.schema);
  io.Text(5, data.relation);
  io.Records(7, data.columns, kColumnsMax);
  io.Enum(9, data.format, WireFormat::kText, WireFormat::kBinary);
  io.Flag(11, data.via_root);
  io.Number(12, data.bytes_estimate);
  io.Text(14, data.condition);
}

template <typename Io>
void Describe(Io& io, Either<Step> auto& step) {
  io.Texts(1, step.create);
  io.Texts(3, step.undo);
  io.Numbers(5, step.locks);
  io.Numbers(7, step.shared_locks);
  io.Flag(8, step.quick);
  io.Flag(9, step.apart);
}

template <typename Io>
void Describe(Io& io, Either<Entry> auto& entry) {
  io.Number(1, entry.id);
  io.Text(3, entry.kind);
  io.Text(5, entry.schema);
  io.Text(7, entry.name);
  io.Text(9, entry.relation);
  io.Enum(11, entry.section, Section::kPreData, Section::kPostData);
  io.Enum(13, entry.pass, Pass::kMain, Pass::kLast);
  // An aspect that is not known has no option that leaves it out: it is
  // restored.
  io.Enum(15, entry.aspect, Aspect{0}, Aspect{255});
  io.Texts(17, entry.create);
  io.Texts(19, entry.drop);
  io.Texts(21, entry.drop_if_exists);
  io.Text(23, entry.owner);
  io.Texts(25, entry.owner_targets);
  io.Text(27, entry.tablespace);
  io.Text(29, entry.access_method);
  io.Flag(31, entry.transactional, /*absent=*/true);
  io.Numbers(33, entry.depends);
  io.Numbers(35, entry.locks);
  io.Numbers(37, entry.shared_locks);
  io.Number(39, entry.parent);
  io.Flag(40, entry.is_relation);
  io.Record(41, entry.data);
  io.Texts(42, entry.alter);
  io.Number(44, entry.need.major);
  io.Text(46, entry.need.feature);
  io.Records(48, entry.steps, kStepsMax);
  io.Number(50, entry.bytes_estimate);
  io.Flag(52, entry.sorts);
}

namespace {

constexpr uint32_t kEntryTag = 1;

std::string EntryName(const Entry& entry) {
  return absl::StrCat("entry ", entry.id, " (", Printable(entry.kind), " ",
                      entry.schema.empty() ? Quoted(entry.name)
                                           : Quoted(entry.schema, entry.name),
                      ")");
}

absl::Status CheckIsBefore(absl::string_view what,
                           absl::Span<const uint32_t> ids, uint32_t id) {
  for (const uint32_t other : ids) {
    if (other == 0 || other >= id) {
      return Damaged(absl::StrCat(what, " entry ", other,
                                  ", which does not stand before it"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckData(const Entry& entry) {
  if (!entry.data.has_value()) return absl::OkStatus();
  if (entry.section != Section::kData)
    return Damaged("it has data but is not in the data section");
  if (entry.data->columns.size() > kColumnsMax)
    return Damaged("it has too many columns");
  return absl::OkStatus();
}

absl::Status CheckAttributes(const Entry& entry) {
  RETURN_IF_ERROR(CheckIsBefore("it depends on", entry.depends, entry.id));
  RETURN_IF_ERROR(CheckIsBefore("it locks", entry.locks, entry.id));
  RETURN_IF_ERROR(CheckIsBefore("it locks", entry.shared_locks, entry.id));
  for (const Step& step : entry.steps) {
    RETURN_IF_ERROR(CheckIsBefore("a step locks", step.locks, entry.id));
    RETURN_IF_ERROR(CheckIsBefore("a step locks", step.shared_locks, entry.id));
  }
  return CheckData(entry);
}

// Appends the entries of a block, the first of which is number `id`.
absl::Status DecodeFrom(Bytes raw, uint32_t id, std::vector<Entry>& entries) {
  FieldDecoder in(raw);
  while (const std::optional<Bytes> octets = in.Next(kEntryTag)) {
    if (id > kEntriesMax) {
      return Damaged(
          absl::StrCat("there are more than ", kEntriesMax, " entries"));
    }
    absl::StatusOr<Entry> entry = DecodeFields<Entry>(*octets);
    if (!entry.ok())
      return Annotate(entry.status(), absl::StrCat("entry ", id));
    RETURN_IF_ERROR(CheckEntry(*entry, id));
    entries.push_back(*std::move(entry));
    ++id;
  }
  return in.Finish();
}

}  // namespace

void EncodeEntry(const Entry& entry, Buffer& raw) {
  EncodeRecord(kEntryTag, entry, raw);
}

absl::Status DecodeEntries(Bytes raw, std::vector<Entry>& entries) {
  return DecodeFrom(raw, static_cast<uint32_t>(entries.size() + 1), entries);
}

absl::Status DecodeEntriesBehindGap(Bytes raw, std::vector<Entry>& entries) {
  FieldDecoder in(raw);
  const std::optional<Bytes> octets = in.Next(kEntryTag);
  if (!octets.has_value()) return in.Finish();
  ASSIGN_OR_RETURN(const Entry first, DecodeFields<Entry>(*octets));
  const uint32_t last = entries.empty() ? 0 : entries.back().id;
  if (first.id <= last)
    return Damaged(
        absl::StrCat("entry ", first.id, " stands behind entry ", last));
  return DecodeFrom(raw, first.id, entries);
}

absl::Status CheckEntry(const Entry& entry, uint32_t id) {
  if (entry.id != id) {
    return Damaged(absl::StrCat("entry ", entry.id, " stands where entry ", id,
                                " belongs"));
  }
  absl::Status status = CheckAttributes(entry);
  return status.ok() ? status : Annotate(status, EntryName(entry));
}

absl::Status CheckParents(absl::Span<const Entry> entries) {
  for (const Entry& entry : entries) {
    if (entry.parent == entry.id || entry.parent > entries.size()) {
      return Damaged(absl::StrCat(EntryName(entry), ": it belongs to entry ",
                                  entry.parent,
                                  ", which is itself or does not exist"));
    }
  }
  return absl::OkStatus();
}

std::string DataName(const Entry& entry) {
  if (entry.data->target == DataTarget::kLargeObjects) return "large objects";
  return absl::StrCat("table ",
                      Quoted(entry.data->schema, entry.data->relation));
}

std::vector<uint32_t> WidthsOf(const TableData& data) {
  std::vector<uint32_t> widths;
  widths.reserve(data.columns.size());
  for (const DataColumn& column : data.columns) widths.push_back(column.width);
  return widths;
}

}  // namespace pgbale
