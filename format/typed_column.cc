#include "format/typed_column.h"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "format/errors.h"

namespace pgbale {
namespace {

// Of a single value, in either form: what a text may take beyond what was
// announced is a small multiple of it.
constexpr size_t kValueOctetsMax = 1 << 20;

// The values of a column that are not NULL, one after the other.
class Values {
 public:
  explicit Values(const Column& column)
      : column_(column),
        count_(column.rows() - column.nulls()),
        rest_(column.values()) {}

  uint32_t count() const { return count_; }
  Bytes Next() {
    const size_t octets =
        column_.width() != 0 ? column_.width() : column_.lengths()[next_];
    ++next_;
    const Bytes value = rest_.first(octets);
    rest_.remove_prefix(octets);
    return value;
  }

 private:
  const Column& column_;
  const uint32_t count_;
  uint32_t next_ = 0;
  Bytes rest_;
};

// Appends the binary form of `text`; false unless it prints back. `printed` is
// there for its memory.
bool AppendTyped(absl::string_view text, const TypeCodec& codec, Buffer& binary,
                 std::string& printed) {
  const size_t start = binary.size();
  if (!codec.FromText(text, binary)) return false;
  const Bytes value = Bytes(binary).subspan(start);
  printed.clear();
  // A codec promises as much, but this is somebody's only copy.
  return value.size() <= kValueOctetsMax && codec.ToText(value, printed) &&
         printed == text;
}

Buffer CopyOf(Bytes octets) { return Buffer(octets.begin(), octets.end()); }

}  // namespace

const BuiltInType* FindTypedType(uint32_t oid) {
  switch (oid) {
    case 19:    // name
    case 25:    // text
    case 1042:  // character
    case 1043:  // character varying
    case 114:   // json
    case 3802:  // jsonb
    case 4072:  // jsonpath
      return nullptr;
    // A number of 10 octets may have 131072 digits. One is not much.
    case 1231:  // numeric[]
    case 3907:  // numrange[]
    case 4532:  // nummultirange
    case 6151:  // nummultirange[]
      return nullptr;
    default:
      return FindBuiltInType(oid);
  }
}

std::optional<Column> ToTyped(const Column& text, const BuiltInType& type) {
  Values values(text);
  Buffer binary;
  binary.reserve(type.width != 0 ? size_t{type.width} * values.count()
                                 : text.values().size());
  std::vector<uint32_t> lengths;
  if (type.width == 0) lengths.reserve(values.count());
  std::string printed;
  for (uint32_t i = 0; i < values.count(); ++i) {
    const Bytes value = values.Next();
    const size_t start = binary.size();
    if (value.size() > kValueOctetsMax ||
        !AppendTyped(AsText(value), *type.codec, binary, printed))
      return std::nullopt;
    const size_t octets = binary.size() - start;
    if (type.width == 0)
      lengths.push_back(static_cast<uint32_t>(octets));
    else if (octets != type.width)
      return std::nullopt;
  }
  Column typed(type.width);
  typed.Assign(text.rows(), text.nulls(), CopyOf(text.null_bits()),
               std::move(binary), std::move(lengths));
  return typed;
}

absl::StatusOr<Column> ToText(Column typed, const BuiltInType& type,
                              uint64_t text_octets) {
  Values values(typed);
  Buffer text(text_octets);
  std::vector<uint32_t> lengths(values.count());
  std::string printed;
  size_t at = 0;
  for (uint32_t& length : lengths) {
    const Bytes value = values.Next();
    printed.clear();
    if (value.size() > kValueOctetsMax || !type.codec->ToText(value, printed))
      return Damaged(absl::StrCat("a value is no ", type.name));
    if (printed.size() > text.size() - at)
      return Damaged("the texts of its values are longer than they should be");
    if (!printed.empty())
      std::memcpy(text.data() + at, printed.data(), printed.size());
    at += printed.size();
    length = static_cast<uint32_t>(printed.size());
  }
  if (at != text.size())
    return Damaged("the texts of its values are shorter than they should be");
  Column column(0);
  column.Assign(typed.rows(), typed.nulls(), CopyOf(typed.null_bits()),
                std::move(text), std::move(lengths));
  return column;
}

}  // namespace pgbale
