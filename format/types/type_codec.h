// From PostgreSQL's binary form of a value to its text and back, without a
// server and exact to the last octet: what typsend sends, and what typoutput
// prints under the settings that a dump's session has (PrepareDumpSession in
// base/pg/session.h). One file a family of types, one line in types.def a
// type; arrays follow by themselves. A new type also has a line in
// tests/support/type_values.cc and a seed for the fuzzer.
//
// Both forms are in the server's encoding; nothing here changes an encoding.
//
// What cannot be told from the octets alone is refused, and stays in the form
// that it has:
// - "char" of more than 7 bits: servers before 16 print the octet, later ones
//   "\351".
// - An interval of the greatest or least months, days and time is infinite
//   since 17 and is printed as such; the long text that an older server prints
//   of it is refused.
// - money is printed as lc_monetary C prints it.
//
// What is the same in text may differ in binary, so that only text goes to
// binary and back without loss: a NaN has many forms, and an array in which
// all NULLs were replaced may still say that it has some (the row parser puts
// that right). FromText makes what the server would make of the text.
//
// Codecs have no state: thread-safe.

#ifndef PGBALE_FORMAT_TYPES_TYPE_CODEC_H_
#define PGBALE_FORMAT_TYPES_TYPE_CODEC_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "base/bytes.h"

namespace pgbale {

class TypeCodec {
 public:
  TypeCodec() = default;
  virtual ~TypeCodec() = default;
  TypeCodec(const TypeCodec&) = delete;
  TypeCodec& operator=(const TypeCodec&) = delete;

  // Appends to `text` what the server prints of the value `binary`. False, and
  // `text` is as it was, if `binary` is no value of the type.
  bool ToText(Bytes binary, std::string& text) const {
    const size_t size = text.size();
    if (Print(binary, text)) return true;
    text.resize(size);
    return false;
  }

  // Appends to `binary` the value that the server prints as `text`. False, and
  // `binary` is as it was, unless ToText makes exactly `text` of it again:
  // other spellings that the server would read are refused.
  bool FromText(absl::string_view text, Buffer& binary) const {
    const size_t size = binary.size();
    if (Parse(text, binary)) return true;
    binary.resize(size);
    return false;
  }

 private:
  // The same, but free to leave anything behind what was there before when
  // they return false.
  virtual bool Print(Bytes binary, std::string& text) const = 0;
  virtual bool Parse(absl::string_view text, Buffer& binary) const = 0;
};

// A type that every server has.
struct BuiltInType {
  uint32_t oid = 0;        // the same in all versions
  absl::string_view name;  // as format_type() prints it, without modifier
  uint32_t width = 0;      // octets of each value in binary; 0: they vary
  const TypeCodec* codec = nullptr;  // never null, lives for ever
};

// nullptr if there is no codec for the type.
const BuiltInType* FindBuiltInType(uint32_t oid);
// The same by what format_type() prints of a column's type under an empty
// search_path: "integer", "numeric(12,2)[]", "timestamp(3) with time zone".
const BuiltInType* FindBuiltInType(absl::string_view type_name);

}  // namespace pgbale

#endif  // PGBALE_FORMAT_TYPES_TYPE_CODEC_H_
