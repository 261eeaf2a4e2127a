#include "format/types/type_codec.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "format/types/composites.h"

namespace pgbale {

// Each in the file of its family.
#define TYPE(oid, array_oid, name, width, codec) \
  const TypeCodec& codec##Codec();
#define RANGE(oid, array_oid, name, subtype)
#define MULTIRANGE(oid, array_oid, name, range)
#include "format/types/types.def"
#undef MULTIRANGE
#undef RANGE
#undef TYPE

namespace {

constexpr uint32_t kBox = 603;

class Types {
 public:
  Types() {
#define TYPE(oid, array_oid, name, width, codec) \
  Add(oid, array_oid, name, width, codec##Codec());
#define RANGE(oid, array_oid, name, subtype) \
  Add(oid, array_oid, name, 0, Own(MakeRangeCodec(*Find(subtype)->codec)));
#define MULTIRANGE(oid, array_oid, name, range) \
  Add(oid, array_oid, name, 0, Own(MakeMultirangeCodec(*Find(range)->codec)));
#include "format/types/types.def"
#undef MULTIRANGE
#undef RANGE
#undef TYPE
  }

  const BuiltInType* Find(uint32_t oid) const {
    const auto found = by_oid_.find(oid);
    return found == by_oid_.end() ? nullptr : found->second.get();
  }
  const BuiltInType* Find(absl::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }

 private:
  void Add(uint32_t oid, uint32_t array_oid, absl::string_view name,
           uint32_t width, const TypeCodec& codec) {
    AddType(oid, name, width, codec);
    // A box has commas between its corners.
    const char delimiter = oid == kBox ? ';' : ',';
    names_.push_back(std::make_unique<std::string>(absl::StrCat(name, "[]")));
    AddType(array_oid, *names_.back(), 0,
            Own(MakeArrayCodec(oid, delimiter, codec)));
  }

  void AddType(uint32_t oid, absl::string_view name, uint32_t width,
               const TypeCodec& codec) {
    auto& type = by_oid_[oid];
    type = std::make_unique<BuiltInType>(BuiltInType{oid, name, width, &codec});
    by_name_[name] = type.get();
  }

  const TypeCodec& Own(std::unique_ptr<TypeCodec> codec) {
    codecs_.push_back(std::move(codec));
    return *codecs_.back();
  }

  absl::flat_hash_map<uint32_t, std::unique_ptr<BuiltInType>> by_oid_;
  absl::flat_hash_map<absl::string_view, const BuiltInType*> by_name_;
  std::vector<std::unique_ptr<TypeCodec>> codecs_;
  std::vector<std::unique_ptr<std::string>> names_;
};

const Types& AllTypes() {
  static const Types& types = *new Types;
  return types;
}

// `type_name` without what is special to one column: a length, a precision,
// the fields of an interval.
std::string WithoutModifier(absl::string_view type_name) {
  if (absl::StartsWith(type_name, "interval"))
    return absl::EndsWith(type_name, "[]") ? "interval[]" : "interval";
  // What these two are called if they have no length.
  std::string name = absl::StrReplaceAll(
      type_name, {{"bpchar", "character"}, {"\"bit\"", "bit"}});
  const size_t open = name.find('(');
  const size_t close = name.find(')');
  if (open < close && close != std::string::npos)
    name.erase(open, close + 1 - open);
  return name;
}

}  // namespace

const BuiltInType* FindBuiltInType(uint32_t oid) {
  return AllTypes().Find(oid);
}

const BuiltInType* FindBuiltInType(absl::string_view type_name) {
  const BuiltInType* const type = AllTypes().Find(type_name);
  if (type != nullptr) return type;
  return AllTypes().Find(WithoutModifier(type_name));
}

}  // namespace pgbale
