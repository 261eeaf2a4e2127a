#include "format/chunk_filter.h"

#include <array>
#include <bit>
#include <limits>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/endian.h"
#include "format/types/type_codec.h"
#include "format/value_range.h"

namespace pgbale {
namespace {

using Form = Constant::Form;
using Op = Condition::Op;

enum Oid : uint32_t {
  kBool = 16,
  kBytea = 17,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kText = 25,
  kFloat4 = 700,
  kFloat8 = 701,
  kVarchar = 1043,
  kDate = 1082,
  kTimestamp = 1114,
  kTimestamptz = 1184,
  kNumeric = 1700,
  kUuid = 2950,
};

// A time without time zone is within this of the same time in any zone:
// PostgreSQL takes no offset of 16 hours or more.
constexpr int64_t kZoneMicroseconds = int64_t{16} * 3600 * 1000000;

bool IsText(uint32_t type) { return type == kText || type == kVarchar; }
bool IsInteger(uint32_t type) {
  return type == kInt2 || type == kInt4 || type == kInt8;
}

// What a constant means for a column: it is not below `low` nor above `high`,
// both as values of the column are stored.
struct Bounds {
  std::string low, high;
};

std::optional<Bounds> Exactly(std::string value) {
  return Bounds{value, std::move(value)};
}

// The value that the server prints as `text`, and no other spelling of it.
std::optional<std::string> Stored(uint32_t type, absl::string_view text) {
  Buffer binary;
  if (!FindBuiltInType(type)->codec->FromText(text, binary))
    return std::nullopt;
  return ToString(binary);
}

std::optional<Bounds> ExactlyStored(uint32_t type, absl::string_view text) {
  std::optional<std::string> stored = Stored(type, text);
  if (!stored.has_value()) return std::nullopt;
  return Exactly(*std::move(stored));
}

// As a single number and as a double: whichever the server takes.
std::optional<Bounds> AroundReal(absl::string_view text) {
  std::optional<std::string> rounded = Stored(kFloat4, text);
  std::optional<std::string> exact = Stored(kFloat8, text);
  if (!rounded.has_value() || !exact.has_value()) return std::nullopt;
  const double low =
      std::bit_cast<float>(LoadBig<uint32_t>(AsBytes(*rounded).data()));
  const double high =
      std::bit_cast<double>(LoadBig<uint64_t>(AsBytes(*exact).data()));
  if (low > high) std::swap(rounded, exact);
  return Bounds{*std::move(rounded), *std::move(exact)};
}

// Numbers are compared as what they are, whatever the column is; but those of a
// list become what a real column is.
std::optional<Bounds> BoundsOfNumber(uint32_t type, const std::string& text,
                                     bool of_list) {
  if (type == kFloat4 && of_list) return AroundReal(text);
  if (IsInteger(type)) return ExactlyStored(kInt8, text);
  if (type == kNumeric) return ExactlyStored(kNumeric, text);
  // As the server does, a single one with a double.
  if (type == kFloat4 || type == kFloat8) return ExactlyStored(kFloat8, text);
  return std::nullopt;
}

// "2025-01-01" and "2025-01-01 10:00" as timestamps are printed; anything else
// stays what it is.
std::string WithTime(absl::string_view text) {
  constexpr size_t kDateLength = 10, kMinuteLength = 16;
  if (text.size() == kDateLength) return absl::StrCat(text, " 00:00:00");
  if (text.size() == kMinuteLength) return absl::StrCat(text, ":00");
  return std::string(text);
}

// Without "+02", "-03:30" at its end.
absl::string_view WithoutZone(absl::string_view text) {
  // A sign that comes behind the hours is not the date's.
  const size_t sign = text.find_first_of("+-", text.find(' '));
  if (sign == absl::string_view::npos) return text;
  for (const char c : text.substr(sign + 1))
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) && c != ':')
      return text;
  return text.substr(0, sign);
}

// The session's time zone decides, or one that is named.
std::optional<Bounds> BoundsInAnyZone(absl::string_view text) {
  const std::optional<std::string> stored =
      Stored(kTimestamp, WithTime(WithoutZone(text)));
  if (!stored.has_value()) return std::nullopt;
  const auto time = LoadBig<int64_t>(AsBytes(*stored).data());
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  // Infinity is none.
  if (time > kMax - kZoneMicroseconds || time < kMin + kZoneMicroseconds)
    return std::nullopt;
  Buffer low, high;
  AppendBig(low, time - kZoneMicroseconds);
  AppendBig(high, time + kZoneMicroseconds);
  return Bounds{ToString(low), ToString(high)};
}

// What stands in quotes is of the column's type unless another one is said.
std::optional<Bounds> BoundsOfText(uint32_t type, const Constant& constant) {
  const std::string& said = constant.type;
  const bool zoned =
      said == "timestamptz" || said == "timestamp with time zone";
  const bool local =
      said == "timestamp" || said == "timestamp without time zone";
  if (type == kTimestamptz) {
    if (said.empty() || zoned)
      if (auto exact = ExactlyStored(kTimestamptz, constant.text)) return exact;
    if (said == "uuid" || said == "text" ||
        (said == "date" && !Stored(kDate, constant.text).has_value()))
      return std::nullopt;
    return BoundsInAnyZone(constant.text);
  }
  if (type == kTimestamp && (said.empty() || local || said == "date")) {
    // What a date leaves out of it, a timestamp has.
    if (said == "date" && !Stored(kDate, constant.text).has_value())
      return std::nullopt;
    return ExactlyStored(kTimestamp, WithTime(constant.text));
  }
  const bool same = said.empty() || (said == "date" && type == kDate) ||
                    (said == "uuid" && type == kUuid) ||
                    (said == "text" && IsText(type));
  if (!same) return std::nullopt;
  if (IsText(type)) return Exactly(constant.text);
  return ExactlyStored(type, constant.text);
}

std::optional<Bounds> BoundsOf(uint32_t type, const Condition& test) {
  const Constant& constant = test.constant;
  switch (constant.form) {
    case Form::kNumber:
      return BoundsOfNumber(type, constant.text, test.of_list);
    case Form::kBoolean:
      if (type != kBool) return std::nullopt;
      return ExactlyStored(kBool, constant.text);
    case Form::kText:
      return BoundsOfText(type, constant);
  }
  return std::nullopt;
}

}  // namespace

bool CanFilterBy(const DataColumn& column) {
  constexpr auto kTypes = std::to_array<uint32_t>(
      {kBool, kBytea, kInt2, kInt4, kInt8, kFloat4, kFloat8, kNumeric, kDate,
       kTimestamp, kTimestamptz, kUuid, kText, kVarchar});
  if (!absl::c_linear_search(kTypes, column.type_oid)) return false;
  // A domain may be over another type where the rows go.
  const BuiltInType* const type = FindBuiltInType(column.type);
  return type != nullptr && type->oid == column.type_oid;
}

class ChunkFilter::Binder {
 public:
  Binder(const TableData& data, const std::string& table,
         const absl::flat_hash_set<size_t>& columns)
      : data_(data), table_(table), columns_(columns) {}

  Node Bind(const Condition& condition) const {
    switch (condition.kind) {
      case Condition::Kind::kAnd:
        return BindAnd(condition);
      case Condition::Kind::kOr:
        return BindOr(condition);
      case Condition::Kind::kCompare:
        return BindCompare(condition);
      case Condition::Kind::kIsNull:
        return BindColumn(Node::Kind::kNull, condition);
      case Condition::Kind::kIsNotNull:
        return BindColumn(Node::Kind::kNotNull, condition);
      case Condition::Kind::kNot:
      case Condition::Kind::kUnknown:
        return Node();
    }
    return Node();
  }

 private:
  Node BindAnd(const Condition& condition) const {
    Node node{.kind = Node::Kind::kAnd};
    for (const Condition& part : condition.parts)
      if (Node bound = Bind(part); bound.kind != Node::Kind::kAny)
        node.parts.push_back(std::move(bound));
    return node.parts.empty() ? Node() : node;
  }

  Node BindOr(const Condition& condition) const {
    Node node{.kind = Node::Kind::kOr};
    for (const Condition& part : condition.parts) {
      Node bound = Bind(part);
      if (bound.kind == Node::Kind::kAny) return bound;
      node.parts.push_back(std::move(bound));
    }
    return node;
  }

  Node BindColumn(Node::Kind kind, const Condition& condition) const {
    if (!condition.table.empty() && condition.table != table_) return Node();
    for (size_t i = 0; i < data_.columns.size(); ++i)
      if (data_.columns[i].name == condition.column && columns_.contains(i))
        return {.kind = kind, .column = i};
    return Node();
  }

  Node BindCompare(const Condition& condition) const {
    Node node = BindColumn(Node::Kind::kRange, condition);
    if (node.kind == Node::Kind::kAny || condition.op == Op::kNotEqual)
      return Node();
    const uint32_t type = data_.columns[node.column].type_oid;
    // Which of two texts is the greater one, a collation says.
    if (IsText(type) && condition.op != Op::kEqual) return Node();
    std::optional<Bounds> bounds = BoundsOf(type, condition);
    if (!bounds.has_value()) return Node();
    if (condition.op != Op::kLess && condition.op != Op::kAtMost)
      node.low = std::move(bounds->low);
    if (condition.op != Op::kGreater && condition.op != Op::kAtLeast)
      node.high = std::move(bounds->high);
    return node;
  }

  const TableData& data_;
  const std::string& table_;
  const absl::flat_hash_set<size_t>& columns_;
};

ChunkFilter::ChunkFilter(const Condition& condition, const TableData& data,
                         const std::string& table,
                         const absl::flat_hash_set<size_t>& columns)
    : root_(Binder(data, table, columns).Bind(condition)),
      format_(data.format) {
  for (const DataColumn& column : data.columns)
    types_.push_back(column.type_oid);
}

bool ChunkFilter::MayHoldBetween(const Node& node,
                                 const ColumnHead& column) const {
  if (!column.range.has_value()) return true;
  const uint32_t type = types_[node.column];
  // Of a column that came as text, the range is that of the texts unless it is
  // stored as what it is.
  const bool as_type = column.typed.has_value()
                           ? column.typed->type_oid == type
                           : format_ == WireFormat::kBinary || IsText(type);
  if (!as_type || column.range->order != OrderOf(type)) return true;
  const auto bound = [](const std::optional<std::string>& value) {
    return value.has_value() ? std::optional(AsBytes(*value)) : std::nullopt;
  };
  return pgbale::MayHold(*column.range, bound(node.low), bound(node.high));
}

bool ChunkFilter::MayHold(const Node& node, const ChunkHead& head) const {
  const auto may_hold = [this, &head](const Node& part) {
    return MayHold(part, head);
  };
  if (node.kind == Node::Kind::kAny || node.column >= head.columns.size())
    return true;
  const ColumnHead& column = head.columns[node.column];
  switch (node.kind) {
    case Node::Kind::kAnd:
      return absl::c_all_of(node.parts, may_hold);
    case Node::Kind::kOr:
      return absl::c_any_of(node.parts, may_hold);
    case Node::Kind::kNull:
      return column.nulls > 0;
    case Node::Kind::kNotNull:
      return column.nulls < head.rows;
    case Node::Kind::kRange:
      return column.nulls < head.rows && MayHoldBetween(node, column);
    case Node::Kind::kAny:
      break;
  }
  return true;
}

}  // namespace pgbale
